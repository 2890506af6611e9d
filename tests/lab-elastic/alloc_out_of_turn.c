// alloc before init_alloc and after cleanup gives NULL and maps nothing.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    CHECK(alloc(256) == NULL && alloc(4096) == NULL);
    init_alloc();
    CHECK(alloc(256) != NULL);
    cleanup();
    CHECK(alloc(256) == NULL && alloc(4096) == NULL);
    CHECK(vsz_bytes() == before);
    return 0;
}
