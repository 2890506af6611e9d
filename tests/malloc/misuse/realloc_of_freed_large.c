// A freed large block given to realloc.
// expect-stderr: allotment: realloc({block}): double free of a block of 1000000 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(1000000);
    name_address("block", block);
    free(block);
    CHECK(hide(realloc(hide(block), hide_size(2000000))) == NULL);
    return 0;
}
