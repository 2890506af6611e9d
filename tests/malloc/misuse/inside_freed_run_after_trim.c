// Inside a block of a few units that was freed, and is not kept by its thread any more.
// expect-stderr: allotment: free({inside}): 70000 bytes inside a freed block of 131072 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(128 << 10), *inside = block + 70000;
    name_address("block", block);
    name_address("inside", inside);
    free(block);
    malloc_trim(0);
    free(hide(inside));
    return 0;
}
