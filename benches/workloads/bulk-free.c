/* A million small blocks, then all of them freed in random order: caches miss on every
 * block's bookkeeping, wherever that is. */
#include "field.h"

enum { BLOCKS = 1000000 };

int main(int count, char **words) {
    read_arguments(count, words);
    uint32_t total = (uint32_t)scaled(BLOCKS);
    void **blocks = (void **)checked(malloc(total * sizeof *blocks));
    Random state = seeded(5);
    uint64_t live = total * sizeof *blocks;
    for (int round = 0; round < 4; round++) {
        for (uint32_t i = 0; i < total; i++) {
            uint32_t bytes = 16 + below(&state, 100);
            live += round ? 0 : bytes;
            blocks[i] = checked(malloc(bytes));
            *(volatile char *)blocks[i] = 1;
        }
        shuffle(&state, blocks, total);
        for (uint32_t i = 0; i < total; i++) free(blocks[i]);
    }
    free(blocks);
    report_live(live);
    return 0;
}
