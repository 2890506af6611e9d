// Inside a large block that was freed, far from its start.
// expect-stderr: allotment: free({inside}): 1048576 bytes inside a freed block of 3145728 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(3 << 20), *inside = block + (1 << 20);
    name_address("block", block);
    name_address("inside", inside);
    free(block);
    free(hide(inside));
    return 0;
}
