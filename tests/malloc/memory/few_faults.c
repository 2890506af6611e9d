// Memory for many small blocks comes a slab at a time: far fewer page faults than there
// are pages. (A kernel before 5.14 does not know the call, and is not asked for that.)
#include "../here.h"

#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { BLOCKS = 300000, BLOCK_BYTES = 112 };

static char *blocks[BLOCKS];

static long faults(void)
{
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_minflt;
}

int main(void)
{
    memset(blocks, 1, sizeof blocks);
    void *probe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(probe != MAP_FAILED);
    if (madvise(probe, 4096, MADV_POPULATE_WRITE) != 0)
        return 0;
    long before = faults();
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(BLOCK_BYTES);
    long pages = (long)BLOCKS * BLOCK_BYTES / 4096, more = faults() - before;
    name_address("faults", (void *)more);
    CHECK(more <= pages / 8);
    return 0;
}
