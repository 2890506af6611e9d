// An aligned address in free space where no block ever started, and one that is
// not even aligned.
// expect-stderr: allotment: dealloc({never}): no block starts here: never given out; nothing was freed
// expect-stderr: allotment: dealloc({unaligned}): not a multiple of 256 bytes from the page's start; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *page = alloc(4096);
    dealloc(page);
    name_address("never", page + 2048);
    name_address("unaligned", page + 8);
    dealloc(page + 2048);
    dealloc(page + 8);
    CHECK(alloc(4096) == page);
    return 0;
}
