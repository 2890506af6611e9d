// cleanup before init_alloc, and a second cleanup, do nothing and do it silently.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    cleanup();
    init_alloc();
    CHECK(alloc(4096) != NULL);
    cleanup();
    cleanup();
    CHECK(vsz_bytes() == before);
    init_alloc();
    CHECK(alloc(4096) != NULL);
    CHECK(vsz_bytes() == before + 4096);
    return 0;
}
