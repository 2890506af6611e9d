// A block that realloc with a size of 0 has freed.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    CHECK(hide(realloc(block, hide_size(0))) == NULL);
    free(hide(block));
    return 0;
}
