// A block of calloc freed twice.
// expect-stderr: allotment: free({block}): double free of a block of 48 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = (char *)hide(calloc(3, hide_size(15)));
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
