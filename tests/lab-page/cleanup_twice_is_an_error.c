// A second cleanup is an error and does nothing; init_alloc works after it.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    CHECK(init_alloc() == 0);
    CHECK(cleanup() == 0);
    CHECK(cleanup() != 0);
    CHECK(cleanup() != 0);
    CHECK(vsz_bytes() == before);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    return 0;
}
