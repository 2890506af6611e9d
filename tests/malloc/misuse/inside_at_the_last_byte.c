// The last byte of a block.
// expect-stderr: allotment: free({inside}): 111 bytes inside the block of 112 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100), *inside = block + 111;
    name_address("block", block);
    name_address("inside", inside);
    free(hide(inside));
    return 0;
}
