// A misuse ends the program by SIGABRT even if that is ignored.
// expect-stderr: allotment: free({block}): double free of a block of 64 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    CHECK(signal(SIGABRT, SIG_IGN) != SIG_ERR);
    char *block = take(64);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
