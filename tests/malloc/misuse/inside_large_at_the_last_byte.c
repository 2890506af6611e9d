// The last byte of a large block.
// expect-stderr: allotment: free({inside}): 999999 bytes inside the block of 1000000 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(1000000), *inside = block + 999999;
    name_address("block", block);
    name_address("inside", inside);
    free(hide(inside));
    return 0;
}
