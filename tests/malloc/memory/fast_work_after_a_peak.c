// After a peak, a program allocates and frees as fast as it can, but never more than a
// block at a time, which its thread has at hand: the memory goes back all the same.
#include "../here.h"

#include <time.h>

enum { BLOCKS = 200000, BLOCK_BYTES = 1000, CALLS = 100000, SECONDS_MAX = 3 };

static char *blocks[BLOCKS];

int main(void)
{
    memset(blocks, 1, sizeof blocks);
    long before = rss_bytes();
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(BLOCK_BYTES);
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    clock_t begin = clock();
    while (rss_bytes() - before > (8 << 20)) {
        CHECK((clock() - begin) / CLOCKS_PER_SEC < SECONDS_MAX); // of its own, on a busy machine
        for (int n = 0; n < CALLS; n++)
            free(hide(malloc(hide_size(16 + n % 300))));
    }
    return 0;
}
