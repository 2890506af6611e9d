// Blocks with a seam in the middle, which the kernel does not move: they are copied, and
// of the places that were meant for them neither the memory nor, but for a few, the
// addresses are lost.
// links: static
#include "moved.h"

int main(void)
{
    enum { BLOCKS = 100 };
    static char *blocks[BLOCKS];
    // What is free has pages, so that it costs memory as long as it is not purged.
    for (int n = 0; n < 10; n++)
        blocks[n] = take(30 * MIB);
    for (int n = 0; n < 10; n++)
        free(blocks[n]);
    char *lowest = take(600 << 10);
    malloc_trim(0);
    long rss = rss_bytes();
    for (int n = 0; n < BLOCKS; n++) {
        char *block = take(6 * MIB), *neighbour = take(6 * MIB), *dirty = take(30 * MIB);
        free(dirty);
        CHECK(madvise(block + 3 * MIB, 4096, MADV_DONTFORK) == 0);
        char *longer = resized(block, 9 * MIB);
        CHECK(longer != NULL && longer != block && all_bytes_are(longer, 6 * MIB, 0x5a));
        CHECK(madvise(block + 3 * MIB, 4096, MADV_DOFORK) == 0);
        free(longer);
        free(neighbour);
    }
    malloc_trim(0);
    CHECK(rss_bytes() < rss + 20 * MIB);
    // Longer than what is between the places that would have been lost.
    char *next = take(80 * MIB);
    CHECK(next < lowest + 1000L * MIB);
    return 0;
}
