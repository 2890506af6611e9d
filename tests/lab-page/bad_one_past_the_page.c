// One past the end of the page, and one before its start: in no page of the heap.
// expect-stderr: allotment: dealloc({past}): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc({before}): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(4096);
    CHECK(block != NULL);
    name_address("past", block + 4096);
    name_address("before", block - 1);
    dealloc(block + 4096);
    dealloc(block - 1);
    CHECK(alloc(8) == NULL);
    dealloc(block);
    CHECK(alloc(4096) == block);
    return 0;
}
