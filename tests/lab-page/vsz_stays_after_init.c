// After init_alloc nothing moves VSZ: not 512 blocks, not refusals, not frees.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    char *blocks[512];
    CHECK(init_alloc() == 0);
    long after_init = vsz_bytes();
    for (int n = 0; n < 512; n++)
        CHECK((blocks[n] = alloc(8)) != NULL);
    CHECK(alloc(8) == NULL);
    CHECK(vsz_bytes() == after_init);
    for (int n = 0; n < 512; n += 2)
        dealloc(blocks[n]);
    CHECK(alloc(16) == NULL);
    CHECK(vsz_bytes() == after_init);
    return 0;
}
