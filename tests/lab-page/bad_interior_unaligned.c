// A pointer into a block, at no multiple of 8: still it is the block that is named.
// expect-stderr: allotment: dealloc({first}): 1 bytes inside the block of 4096 bytes at {block}; nothing was freed
// expect-stderr: allotment: dealloc({last}): 4095 bytes inside the block of 4096 bytes at {block}; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(4096);
    CHECK(block != NULL);
    name_address("block", block);
    name_address("first", block + 1);
    name_address("last", block + 4095);
    dealloc(block + 1);
    dealloc(block + 4095);
    CHECK(alloc(8) == NULL);
    dealloc(block);
    CHECK(alloc(4096) == block);
    return 0;
}
