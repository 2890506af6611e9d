// As books_of_small_blocks, where the heap may have huge pages. The last one is there before
// its blocks are, so the heap grows by two of them until it has been full.
#include "../here.h"

#include <limits.h>

enum { BLOCKS = 4000000, BLOCK_BYTES = 64, BLOCKS_MORE = (4 << 20) / BLOCK_BYTES, STEP = 1024 };

static char *blocks[BLOCKS + BLOCKS_MORE];

int main(void)
{
    memset(blocks, 1, sizeof blocks);
    long before = rss_bytes_counted(), least = LONG_MAX;
    for (int n = 0; n < BLOCKS + BLOCKS_MORE; n++) {
        if (n >= BLOCKS && n % STEP == 0) {
            long live = (long)n * BLOCK_BYTES, more = rss_bytes_counted() - before - live;
            long beyond = more - live / 40;
            least = beyond < least ? beyond : least;
        }
        blocks[n] = take(BLOCK_BYTES);
    }
    name_address("beyond", (void *)least);
    CHECK(least <= 1 << 20);
    return 0;
}
