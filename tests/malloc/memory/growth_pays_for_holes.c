// Of blocks that cover most of a page nine in ten are freed; then as much is allocated
// at once in blocks of another size, which the holes are no use to. No time goes by in
// which holes decay: the growth itself gives them back.
#include "../here.h"

enum { BLOCKS = 16000, BLOCK_BYTES = 3000, OTHERS = 60000, OTHER_BYTES = 800 };

static char *blocks[BLOCKS], *others[OTHERS];

int main(void)
{
    memset(blocks, 1, sizeof blocks);
    memset(others, 1, sizeof others);
    long before = rss_bytes();
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(BLOCK_BYTES);
    for (int n = 0; n < BLOCKS; n++)
        if (n % 10 != 0)
            free(blocks[n]);
    for (int n = 0; n < OTHERS; n++)
        others[n] = take(OTHER_BYTES);
    long more = rss_bytes() - before;
    long live = (long)BLOCKS / 10 * BLOCK_BYTES + (long)OTHERS * OTHER_BYTES;
    name_address("more", (void *)more);
    // Each survivor keeps two pages at most; between two looks the heap grows by an
    // eighth.
    CHECK(more <= (live + (long)BLOCKS / 10 * 8192) / 8 * 10);
    return 0;
}
