// A class of small blocks that has grown gets each slab with all of its pages, which
// costs less than a fault for each. (A kernel before 5.14 does not know the call.)
#include "../here.h"

#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { BLOCK_BYTES = 112, UNIT_BYTES = 65536, PAGE_BYTES = 4096, UNITS = 20 };

int main(void)
{
    int how = MAP_PRIVATE | MAP_ANONYMOUS;
    void *probe = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, how, -1, 0);
    CHECK(probe != MAP_FAILED);
    if (madvise(probe, PAGE_BYTES, MADV_POPULATE_WRITE) != 0)
        SKIP("a kernel before 5.14");
    uintptr_t unit = 0;
    for (int units = 0; units < UNITS;) {
        uintptr_t block = (uintptr_t)take(BLOCK_BYTES);
        if (block / UNIT_BYTES == unit)
            continue;
        unit = block / UNIT_BYTES;
        units++;
        unsigned char is_there = 0;
        void *last = (void *)(unit * UNIT_BYTES + UNIT_BYTES - PAGE_BYTES);
        CHECK(mincore(last, PAGE_BYTES, &is_there) == 0);
        // The first few are as large as what is written: little programs stay little.
        CHECK(units > 8 ? is_there & 1 : units > 1 || !(is_there & 1));
    }
    return 0;
}
