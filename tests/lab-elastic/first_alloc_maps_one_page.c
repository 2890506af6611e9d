// The first alloc(1024) maps one page: VSZ moves by exactly 4 KiB, and not again
// until the four of them that fit are taken.
#include "ealloc.h"
#include "../support/maps.h"

int main(void)
{
    init_alloc();
    unsigned long mapped = maps_bytes();
    long before = vsz_bytes();
    for (int n = 0; n < 4; n++) {
        CHECK(alloc(1024) != NULL);
        CHECK(vsz_bytes() == before + 4096);
        CHECK(maps_bytes() == mapped + 4096);
    }
    CHECK(alloc(1024) != NULL);
    CHECK(vsz_bytes() == before + 8192);
    return 0;
}
