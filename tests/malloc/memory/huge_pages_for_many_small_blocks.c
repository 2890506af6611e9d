// A heap of small blocks gets huge pages when it has grown to some MiB, and no more of
// them than it needs. What is in the blocks stays as it is.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

enum { BLOCK_BYTES = 64, LIVE_BYTES = 80 << 20, BLOCKS = LIVE_BYTES / BLOCK_BYTES };

static size_t *blocks[BLOCKS];

static void take_up_to(size_t *n, size_t end)
{
    for (; *n < end; (*n)++) {
        blocks[*n] = (size_t *)(void *)take(BLOCK_BYTES);
        *blocks[*n] = *n;
    }
}

int main(void)
{
    need_huge_pages();
    memset(blocks, 0xff, sizeof blocks);
    long others = huge_bytes(), before = rss_bytes();
    size_t n = 0;
    take_up_to(&n, (3 << 20) / BLOCK_BYTES);
    long small = huge_bytes();
    CHECK(small == others); // a little program stays little
    take_up_to(&n, BLOCKS);
    long huge = huge_bytes() - others, grown = rss_bytes() - before;
    name_address("huge", (void *)huge);
    name_address("grown", (void *)grown);
    CHECK(huge >= LIVE_BYTES / 4 * 3);
    // A fortieth, and 1 MiB, for the books; and what a huge page has to spare.
    CHECK(grown < LIVE_BYTES / 40 * 41 + (1 << 20) + HUGE_BYTES);
    for (n = 0; n < BLOCKS; n++)
        CHECK(*blocks[n] == n);
    return 0;
}
