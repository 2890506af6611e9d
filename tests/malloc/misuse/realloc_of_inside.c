// The inside of a block given to realloc.
// expect-stderr: allotment: realloc({inside}): 16 bytes inside the block of 64 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(64), *inside = block + 16;
    name_address("block", block);
    name_address("inside", inside);
    CHECK(hide(realloc(hide(inside), hide_size(200))) == NULL);
    return 0;
}
