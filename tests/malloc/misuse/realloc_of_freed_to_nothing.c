// A freed block given to realloc with a size of 0.
// expect-stderr: allotment: realloc({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free(block);
    CHECK(hide(realloc(hide(block), hide_size(0))) == NULL);
    return 0;
}
