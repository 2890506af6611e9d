// init_alloc maps exactly one page: VSZ moves by 4 KiB, no more.
#include "alloc.h"
#include "../support/maps.h"

int main(void)
{
    unsigned long mapped = maps_bytes();
    long before = vsz_bytes();
    CHECK(init_alloc() == 0);
    CHECK(vsz_bytes() == before + 4096);
    CHECK(maps_bytes() == mapped + 4096);
    return 0;
}
