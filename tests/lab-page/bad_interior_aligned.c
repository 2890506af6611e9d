// A pointer into a block, at a multiple of 8: refused, the block stays.
// expect-stderr: allotment: dealloc({bad}): 16 bytes inside the block of 64 bytes at {block}; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(64), *rest = alloc(4032);
    CHECK(block != NULL && rest != NULL);
    memset(block, 0x77, 64);
    name_address("block", block);
    name_address("bad", block + 16);
    dealloc(block + 16);
    CHECK(alloc(8) == NULL);
    CHECK(all_bytes_are(block, 64, 0x77));
    dealloc(block);
    CHECK(alloc(64) == block);
    return 0;
}
