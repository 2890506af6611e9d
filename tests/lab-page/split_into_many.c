// One freed block of 2048 bytes is split into 256 blocks of 8.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *low = alloc(1024), *hole = alloc(2048), *high = alloc(1024);
    CHECK(low != NULL && hole != NULL && high != NULL);
    dealloc(hole);
    for (int n = 0; n < 256; n++) {
        char *block = alloc(8);
        CHECK(block >= hole && block < hole + 2048);
    }
    CHECK(alloc(8) == NULL);
    return 0;
}
