// A block freed a second time when it is back in its slab: thousands of its size were
// freed after it.
// expect-stderr: allotment: free({block}): double free of a block of 64 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    static char *blocks[5000];
    for (int n = 0; n < 5000; n++)
        blocks[n] = take(64);
    char *block = blocks[2500];
    name_address("block", block);
    free(block);
    for (int n = 0; n < 5000; n++)
        if (blocks[n] != block)
            free(blocks[n]);
    char *keeps_the_slab = take(64);
    CHECK(keeps_the_slab != block);
    free(hide(block));
    return 0;
}
