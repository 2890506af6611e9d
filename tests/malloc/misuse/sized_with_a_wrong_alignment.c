// free_aligned_sized with an alignment that the block cannot have been allocated
// with.
// expect-stderr: allotment: free_aligned_sized({block}): a size of 100 for a block of 128 bytes; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    char *block = (char *)hide(aligned_alloc(64, hide_size(100)));
    CHECK(block != NULL);
    name_address("block", block);
    free_aligned_sized(block, hide_size(4096), 100);
    return 0;
}
