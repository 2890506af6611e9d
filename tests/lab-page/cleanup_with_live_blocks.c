// cleanup forgets the blocks that are still live; the next life has all 4096 bytes.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    CHECK(init_alloc() == 0);
    CHECK(alloc(8) != NULL && alloc(1024) != NULL);
    CHECK(cleanup() == 0);
    CHECK(vsz_bytes() == before);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    CHECK(cleanup() == 0);
    return 0;
}
