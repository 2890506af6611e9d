// A block aligned to a page freed twice.
// expect-stderr: allotment: free({block}): double free of a block of 4096 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    void *block = NULL;
    CHECK(posix_memalign(&block, 4096, hide_size(100)) == 0);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
