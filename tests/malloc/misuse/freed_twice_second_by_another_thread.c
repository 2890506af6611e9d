// A block freed by its owner, then by another thread.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free(block);
    in_thread(free_it, hide(block));
    return 0;
}
