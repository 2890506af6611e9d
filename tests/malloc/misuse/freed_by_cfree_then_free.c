// A block freed by cfree, then by free.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

void cfree(void *block);

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    cfree(block);
    free(hide(block));
    return 0;
}
