// free_sized with the wrong size of a large block.
// expect-stderr: allotment: free_sized({block}): a size of 999000 for a block of 1000000 bytes; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    char *block = take(1000000);
    name_address("block", block);
    free_sized(block, hide_size(999000));
    return 0;
}
