// A large block freed by its owner, then by another thread.
// expect-stderr: allotment: free({block}): double free of a block of 1000000 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    in_thread(free_it, NULL); // what a thread needs has its place now
    char *block = take(1000000);
    name_address("block", block);
    free(block);
    in_thread(free_it, hide(block));
    return 0;
}
