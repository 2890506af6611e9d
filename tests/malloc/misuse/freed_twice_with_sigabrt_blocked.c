// A misuse ends the program by SIGABRT even if that is blocked.
// expect-stderr: allotment: free({block}): double free of a block of 64 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    sigset_t set;
    CHECK(sigemptyset(&set) == 0 && sigaddset(&set, SIGABRT) == 0);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    char *block = take(64);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
