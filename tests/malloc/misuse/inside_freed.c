// Inside a block that was freed.
// expect-stderr: allotment: free({inside}): 8 bytes inside a freed block of 64 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(64), *inside = block + 8;
    name_address("block", block);
    name_address("inside", inside);
    free(block);
    free(hide(inside));
    return 0;
}
