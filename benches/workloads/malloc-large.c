/* malloc-large, after the workload of that name in mimalloc-bench: 20 blocks of 5 to 25 MiB
 * are replaced at random, every page of a new one written. Most of its time is the
 * kernel's, for pages given back and asked for again. */
#include "field.h"

enum { LIVE = 20, MIB = 1 << 20 };

int main(int count, char **words) {
    read_arguments(count, words);
    Random state = seeded(42);
    void *blocks[LIVE] = {0};
    for (uint64_t i = scaled(250); i > 0; i--) {
        uint32_t at = below(&state, LIVE);
        size_t bytes = 5 * MIB + below(&state, 20 * MIB);
        free(blocks[at]);
        blocks[at] = checked(malloc(bytes));
        touch_pages(blocks[at], bytes);
    }
    for (int i = 0; i < LIVE; i++) free(blocks[i]);
    return 0;
}
