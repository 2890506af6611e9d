// Pointers into a block, at a multiple of 256 and at none: the block is named
// and stays.
// expect-stderr: allotment: dealloc({aligned}): 256 bytes inside the block of 1024 bytes at {block}; nothing was freed
// expect-stderr: allotment: dealloc({unaligned}): 1 bytes inside the block of 1024 bytes at {block}; nothing was freed
// expect-stderr: allotment: dealloc({last}): 1023 bytes inside the block of 1024 bytes at {block}; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *block = alloc(1024), *rest = alloc(3072);
    CHECK(block != NULL && rest != NULL);
    memset(block, 0x77, 1024);
    name_address("block", block);
    name_address("aligned", block + 256);
    name_address("unaligned", block + 1);
    name_address("last", block + 1023);
    dealloc(block + 256);
    dealloc(block + 1);
    dealloc(block + 1023);
    CHECK(all_bytes_are(block, 1024, 0x77));
    long one_page = vsz_bytes();
    dealloc(block);
    CHECK(alloc(1024) == block && vsz_bytes() == one_page);
    return 0;
}
