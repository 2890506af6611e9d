// alloc after cleanup gives NULL and maps nothing.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    CHECK(init_alloc() == 0);
    CHECK(alloc(8) != NULL);
    CHECK(cleanup() == 0);
    CHECK(alloc(8) == NULL && alloc(4096) == NULL);
    CHECK(vsz_bytes() == before);
    return 0;
}
