// Requests refused between blocks in use leave the blocks and the holes alone.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *low = alloc(1024), *hole = alloc(1024), *high = alloc(2048);
    CHECK(low != NULL && hole != NULL && high != NULL);
    memset(low, 0x44, 1024);
    memset(high, 0x55, 2048);
    dealloc(hole);
    for (int n = 0; n < 1000; n++)
        CHECK(!alloc(1032) && !alloc(0) && !alloc(-8) && !alloc(12) && !alloc(4096));
    CHECK(alloc(1024) == hole);
    CHECK(all_bytes_are(low, 1024, 0x44) && all_bytes_are(high, 2048, 0x55));
    return 0;
}
