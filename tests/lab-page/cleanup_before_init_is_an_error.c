// cleanup before init_alloc is an error, and init_alloc works after it.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    CHECK(cleanup() != 0);
    CHECK(vsz_bytes() == before);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    CHECK(cleanup() == 0);
    return 0;
}
