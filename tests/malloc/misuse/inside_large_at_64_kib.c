// The second 64 KiB of a large block: as aligned as a large block would be.
// expect-stderr: allotment: free({inside}): 65536 bytes inside the block of 1000000 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(1000000), *inside = block + 65536;
    name_address("block", block);
    name_address("inside", inside);
    free(hide(inside));
    return 0;
}
