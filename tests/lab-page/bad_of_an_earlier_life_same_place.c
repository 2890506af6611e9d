// A pointer of an earlier life, where the new page lies at the old address:
// what was given out before init_alloc was never given out.
// expect-stderr: allotment: dealloc({block}): no block starts here: never given out; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    dealloc(page);
    char *first = alloc(64), *block = alloc(64);
    CHECK(first != NULL && block != NULL);
    CHECK(cleanup() == 0);
    CHECK(init_alloc() == 0);
    char *page_now = alloc(4096);
    dealloc(page_now);
    if (page_now != page || block == page)
        SKIP("the new page lies elsewhere");
    name_address("block", block);
    dealloc(block);
    CHECK(alloc(4096) == page);
    return 0;
}
