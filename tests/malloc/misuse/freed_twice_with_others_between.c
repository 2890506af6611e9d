// A block freed a second time, after a thousand others of all sizes were freed.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100), *others[1000];
    for (int n = 0; n < 1000; n++)
        others[n] = take((size_t)n * 7 + 1000);
    name_address("block", block);
    free(block);
    for (int n = 0; n < 1000; n++)
        free(others[n]);
    free(hide(block));
    return 0;
}
