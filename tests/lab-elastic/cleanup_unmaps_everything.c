// cleanup unmaps every page, with live blocks in them or without.
#include "ealloc.h"
#include "../support/maps.h"

int main(void)
{
    static char *pages[300];
    unsigned long mapped = maps_bytes();
    long before = vsz_bytes();
    init_alloc();
    for (int n = 0; n < 300; n++) {
        CHECK((pages[n] = alloc(4096)) != NULL);
        memset(pages[n], n, 4096);
        if (n % 3 == 0)
            dealloc(pages[n]), CHECK(alloc(1024) != NULL);
    }
    cleanup();
    CHECK(vsz_bytes() == before);
    CHECK(maps_bytes() == mapped);
    for (int n = 0; n < 300; n++)
        CHECK(!is_mapped(pages[n]));
    return 0;
}
