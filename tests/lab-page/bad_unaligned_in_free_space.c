// An address in free space that is no multiple of 8 can be no block's start.
// expect-stderr: allotment: dealloc({bad}): not a multiple of 8 bytes from the page's start; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    dealloc(page);
    name_address("bad", page + 12);
    dealloc(page + 12);
    CHECK(alloc(4096) == page);
    return 0;
}
