// Where the kernel gives no memory for a block, or for one that grows, the addresses are
// free afterwards: the next that fits gets them.
// links: static
#include "../here.h"

#include <sys/resource.h>

enum { MIB = 1 << 20 };

// Whether mappings may become writable.
static void allow_memory(int yes)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_DATA, &limit) == 0);
    limit.rlim_cur = yes ? limit.rlim_max : 4096; // 0 is not taken literally
    CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
}

int main(void)
{
    // Nothing free below is as long as what follows.
    char *last = take(64 * MIB);
    for (int round = 0; round < 5; round++) {
        errno = 0;
        allow_memory(0);
        CHECK(malloc(hide_size(1000 * MIB)) == NULL && errno == ENOMEM);
        CHECK(aligned_alloc(4 * MIB, hide_size(1000 * MIB)) == NULL);
        // The last block has all addresses above it to grow into.
        CHECK(realloc(last, hide_size(1000 * MIB)) == NULL);
        CHECK(all_bytes_are(last, 64 * MIB, 0x5a) && malloc_usable_size(last) == 64 * MIB);
        allow_memory(1);
        char *next = malloc(hide_size(100 * MIB));
        CHECK(next == last + 64 * MIB);
        free(next);
    }
    char *longer = realloc(last, hide_size(200 * MIB));
    CHECK(longer == last);
    free(longer);
    return 0;
}
