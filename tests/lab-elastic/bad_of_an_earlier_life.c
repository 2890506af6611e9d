// A pointer of an earlier life, into a page that is unmapped now: first while
// the heap has no page, then while it has one elsewhere.
// expect-stderr: allotment: dealloc({block}): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc({block}): not in any page of this heap; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *block = alloc(4096);
    CHECK(block != NULL);
    name_address("block", block);
    cleanup();
    init_alloc();
    dealloc(block);
    CHECK(mmap(block, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == block);
    char *other = alloc(4096);
    CHECK(other != NULL && other != block);
    dealloc(block);
    CHECK(munmap(block, 4096) == 0);
    dealloc(other);
    CHECK(alloc(4096) == other);
    return 0;
}
