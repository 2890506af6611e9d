// free_sized of the inside of a block.
// expect-stderr: allotment: free_sized({inside}): 16 bytes inside the block of 112 bytes at {block}; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    char *block = take(100), *inside = block + 16;
    name_address("block", block);
    name_address("inside", inside);
    free_sized(hide(inside), hide_size(84));
    return 0;
}
