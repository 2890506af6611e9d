// The kernel makes no mapping, as the program has more addresses than it may have now:
// blocks that were moved shrink, grow again and end, and neither addresses nor memory
// are lost by that.
// links: static
#include "moved.h"

#include <sys/resource.h>

static void allow_mappings(int yes)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
    limit.rlim_cur = yes ? limit.rlim_max : MIB;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

int main(void)
{
    char *lowest = take(600 << 10);
    long rss = rss_bytes();
    for (int round = 0; round < 20; round++) {
        char *block = moved_block(12 * MIB, 0x11), *other = moved_block(12 * MIB, 0x12);
        allow_mappings(0);
        CHECK(resized(block, 5 * MIB) == block);
        CHECK(resized(block, 11 * MIB) == block && all_bytes_are(block, 5 * MIB, 0x11));
        CHECK(all_bytes_are(other, 12 * MIB, 0x12));
        free(block);
        free(other);
        malloc_trim(0);
        CHECK(rss_bytes() < rss + 4 * MIB);
        char *free_again = take(40 * MIB);
        CHECK(free_again < lowest + 200 * MIB);
        free(free_again);
        allow_mappings(1);
        malloc_trim(0);
    }
    return 0;
}
