// cleanup returns the page: VSZ is back, and the address is nobody's.
#include "alloc.h"
#include "../support/maps.h"

int main(void)
{
    unsigned long mapped = maps_bytes();
    long before = vsz_bytes();
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    CHECK(page != NULL && is_mapped(page));
    memset(page, 0x33, 4096);
    dealloc(page);
    CHECK(cleanup() == 0);
    CHECK(vsz_bytes() == before);
    CHECK(maps_bytes() == mapped);
    CHECK(!is_mapped(page));
    return 0;
}
