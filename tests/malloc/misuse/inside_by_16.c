// Sixteen bytes inside a block: as aligned as a block would be.
// expect-stderr: allotment: free({inside}): 16 bytes inside the block of 64 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(64), *inside = block + 16;
    name_address("block", block);
    name_address("inside", inside);
    free(hide(inside));
    return 0;
}
