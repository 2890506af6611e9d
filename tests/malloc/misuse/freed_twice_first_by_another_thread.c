// A block freed by another thread, then by its owner.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    in_thread(free_it, block);
    free(hide(block));
    return 0;
}
