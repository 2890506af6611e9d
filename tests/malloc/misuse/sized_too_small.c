// free_sized with a size that is too small.
// expect-stderr: allotment: free_sized({block}): a size of 64 for a block of 112 bytes; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free_sized(block, hide_size(64));
    return 0;
}
