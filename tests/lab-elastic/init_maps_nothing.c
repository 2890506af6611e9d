// init_alloc maps nothing: pages come on demand.
#include "ealloc.h"
#include "../support/maps.h"

int main(void)
{
    unsigned long mapped = maps_bytes();
    long before = vsz_bytes();
    init_alloc();
    CHECK(vsz_bytes() == before);
    CHECK(maps_bytes() == mapped);
    return 0;
}
