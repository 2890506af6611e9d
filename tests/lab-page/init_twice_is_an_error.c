// A second init_alloc without cleanup is an error and maps nothing.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    long once = vsz_bytes();
    CHECK(init_alloc() != 0);
    CHECK(init_alloc() != 0);
    CHECK(vsz_bytes() == once);
    return 0;
}
