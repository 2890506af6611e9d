// An address that would be the start of a smaller block, inside one of 48 bytes.
// expect-stderr: allotment: free({inside}): 32 bytes inside the block of 48 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(48), *inside = block + 32;
    name_address("block", block);
    name_address("inside", inside);
    free(hide(inside));
    return 0;
}
