// Books grow with the number of blocks, yet 16 blocks in each of 65,536 pages,
// and holes between them, still cost the pages only.
#include "ealloc.h"
#include "../support/check.h"

#define PAGES 65536

static char *blocks[PAGES * 16];

int main(void)
{
    init_alloc();
    long before = vsz_bytes();
    for (long n = 0; n < PAGES * 16; n++)
        CHECK((blocks[n] = alloc(256)) != NULL);
    CHECK(vsz_bytes() == before + PAGES * 4096l);
    for (long n = 0; n < PAGES * 16; n += 2)
        dealloc(blocks[n]);
    for (long n = 0; n < PAGES * 16; n += 2)
        CHECK(alloc(256) != NULL);
    CHECK(vsz_bytes() == before + PAGES * 4096l);
    return 0;
}
