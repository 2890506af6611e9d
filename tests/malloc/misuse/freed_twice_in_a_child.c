// A block freed before a fork, and again in the child.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free(block);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        free(hide(block));
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status))
        kill(getpid(), WTERMSIG(status));
    return 0;
}
