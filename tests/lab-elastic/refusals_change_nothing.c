// Requests refused between blocks in use map nothing and leave holes alone.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *low = alloc(1024), *hole = alloc(1024), *high = alloc(2048);
    CHECK(low != NULL && hole != NULL && high != NULL);
    memset(low, 0x44, 1024);
    memset(high, 0x55, 2048);
    dealloc(hole);
    long before = vsz_bytes();
    for (int n = 0; n < 1000; n++)
        CHECK(!alloc(0) && !alloc(-256) && !alloc(8) && !alloc(1032) && !alloc(4352));
    CHECK(vsz_bytes() == before);
    CHECK(alloc(1024) == hole);
    CHECK(all_bytes_are(low, 1024, 0x44) && all_bytes_are(high, 2048, 0x55));
    return 0;
}
