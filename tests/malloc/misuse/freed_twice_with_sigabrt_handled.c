// A misuse ends the program by SIGABRT even if that has a handler, which is called, and
// comes back.
// expect-stderr: allotment: free({block}): double free of a block of 64 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

static void come_back(int number)
{
    put(1, number == SIGABRT ? "called=once\n" : "called=wrongly\n");
}

int main(void)
{
    CHECK(signal(SIGABRT, come_back) != SIG_ERR);
    char *block = take(64);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
