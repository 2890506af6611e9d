// The old address of a block that realloc moved.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    char *moved = (char *)hide(realloc(block, hide_size(10000)));
    CHECK(moved != NULL && moved != block);
    free(hide(block));
    return 0;
}
