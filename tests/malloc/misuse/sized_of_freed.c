// free_sized of a block that was freed.
// expect-stderr: allotment: free_sized({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free(block);
    free_sized(hide(block), hide_size(100));
    return 0;
}
