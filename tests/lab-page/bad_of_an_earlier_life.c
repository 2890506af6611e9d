// A pointer of an earlier life, whose page is mapped by someone else now.
// expect-stderr: allotment: dealloc({block}): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(4096);
    CHECK(block != NULL);
    name_address("block", block);
    CHECK(cleanup() == 0);
    CHECK(mmap(block, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == block);
    CHECK(init_alloc() == 0);
    dealloc(block);
    CHECK(alloc(4096) != NULL);
    return 0;
}
