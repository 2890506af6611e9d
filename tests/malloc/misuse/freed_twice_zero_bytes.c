// A block of no bytes at all, freed twice.
// expect-stderr: allotment: free({block}): double free of a block of 16 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(0);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
