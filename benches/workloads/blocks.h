/* Blocks of one size in a window, replaced at random; each one's first bytes are written. */
#include "field.h"

static void replace(size_t bytes, uint32_t window, uint64_t steps) {
    Random state = seeded(3);
    void **blocks = (void **)checked(calloc(window, sizeof *blocks));
    for (uint64_t i = 0; i < steps; i++) {
        uint32_t at = below(&state, window);
        free(blocks[at]);
        blocks[at] = checked(malloc(bytes));
        *(volatile uint64_t *)blocks[at] = i;
    }
    for (uint32_t i = 0; i < window; i++) free(blocks[i]);
    free(blocks);
    report_live((uint64_t)bytes * window);
}
