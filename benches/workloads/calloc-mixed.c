/* Zeroed blocks, most under a page, one in a hundred up to 120 KiB: who knows that fresh
 * pages are zero need not write them. */
#include "field.h"

enum { WINDOW = 2000 };

int main(int count, char **words) {
    read_arguments(count, words);
    Random state = seeded(3);
    void **blocks = (void **)checked(calloc(WINDOW, sizeof *blocks));
    for (uint64_t i = scaled(5000000); i > 0; i--) {
        uint32_t at = below(&state, WINDOW);
        int is_large = below(&state, 100) == 0;
        size_t bytes = is_large ? 20000 + below(&state, 100000) : 16 + below(&state, 1000);
        free(blocks[at]);
        blocks[at] = checked(calloc(1, bytes));
        *(volatile char *)blocks[at] = 1;
    }
    for (int i = 0; i < WINDOW; i++) free(blocks[i]);
    free(blocks);
    return 0;
}
