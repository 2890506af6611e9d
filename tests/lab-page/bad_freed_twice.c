// A block freed a second time: refused, and its bytes are free once, not twice.
// expect-stderr: allotment: dealloc({block}): this block was freed already; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(64), *rest = alloc(4032);
    CHECK(block != NULL && rest != NULL);
    name_address("block", block);
    dealloc(block);
    dealloc(block);
    CHECK(alloc(64) == block);
    CHECK(alloc(8) == NULL);
    return 0;
}
