// An aligned address in free space where no block ever started.
// expect-stderr: allotment: dealloc({bad}): no block starts here: never given out; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    dealloc(page);
    name_address("bad", page + 2048);
    dealloc(page + 2048);
    CHECK(alloc(4096) == page);
    return 0;
}
