// A second init_alloc without cleanup leaves blocks, holes and pages alone.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    init_alloc();
    char *low = alloc(1024), *high = alloc(2048);
    CHECK(low != NULL && high != NULL);
    memset(low, 0x11, 1024);
    memset(high, 0x22, 2048);
    long one_page = vsz_bytes();
    init_alloc();
    CHECK(vsz_bytes() == one_page);
    CHECK(all_bytes_are(low, 1024, 0x11) && all_bytes_are(high, 2048, 0x22));
    CHECK(alloc(1024) != NULL);
    CHECK(vsz_bytes() == one_page);
    dealloc(low);
    CHECK(alloc(1024) == low);
    return 0;
}
