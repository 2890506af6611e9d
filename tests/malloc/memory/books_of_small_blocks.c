// A heap of 64-byte blocks: what there is beside the blocks is at most 2.5 % of them,
// and 1 MiB. (A huge page at the end of the land would be there as a whole.)
// env: ALLOTMENT_HUGE_PAGES=never
#include "../here.h"

enum { BLOCKS = 4000000, BLOCK_BYTES = 64 };

static char *blocks[BLOCKS];

int main(void)
{
    memset(blocks, 1, sizeof blocks);
    long before = rss_bytes_counted(), live = (long)BLOCKS * BLOCK_BYTES;
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(BLOCK_BYTES);
    long more = rss_bytes_counted() - before - live;
    name_address("more", (void *)more);
    CHECK(more <= live / 40 + (1 << 20));
    return 0;
}
