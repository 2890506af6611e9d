// A block of 32 KiB, the largest that shares a slab, freed twice.
// expect-stderr: allotment: free({block}): double free of a block of 32768 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(32768);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
