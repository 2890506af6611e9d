// The 513th block of 8 is refused, and given once any one of the 512 is freed.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    char *blocks[512];
    CHECK(init_alloc() == 0);
    for (int n = 0; n < 512; n++)
        CHECK((blocks[n] = alloc(8)) != NULL);
    for (int n = 0; n < 512; n++) {
        CHECK(alloc(8) == NULL);
        dealloc(blocks[n]);
        CHECK(alloc(16) == NULL);
        CHECK(alloc(8) == blocks[n]);
    }
    return 0;
}
