// One past the end of the last page, where no page of the heap lies.
// expect-stderr: allotment: dealloc({past}): not in any page of this heap; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *block = alloc(4096);
    CHECK(block != NULL);
    name_address("past", block + 4096);
    dealloc(block + 4096);
    long one_page = vsz_bytes();
    dealloc(block);
    CHECK(alloc(4096) == block && vsz_bytes() == one_page);
    return 0;
}
