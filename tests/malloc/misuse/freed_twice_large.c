// A large block freed a second time, at once.
// expect-stderr: allotment: free({block}): double free of a block of 1000000 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(1000000);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
