// A pointer of an earlier life, where a new page lies at the old address: what
// was given out before init_alloc was never given out.
// expect-stderr: allotment: dealloc({block}): no block starts here: never given out; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *page = alloc(4096);
    dealloc(page);
    char *first = alloc(1024), *block = alloc(1024);
    CHECK(first != NULL && block != NULL);
    cleanup();
    init_alloc();
    char *page_now = alloc(4096);
    dealloc(page_now);
    if (page_now != page || block == page)
        SKIP("the new page lies elsewhere");
    name_address("block", block);
    dealloc(block);
    CHECK(alloc(4096) == page);
    return 0;
}
