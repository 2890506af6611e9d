// A block freed a second time: refused, and its bytes are free once, not twice.
// expect-stderr: allotment: dealloc({block}): this block was freed already; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *block = alloc(1024), *rest = alloc(3072);
    CHECK(block != NULL && rest != NULL);
    name_address("block", block);
    dealloc(block);
    dealloc(block);
    long one_page = vsz_bytes();
    CHECK(alloc(1024) == block && vsz_bytes() == one_page);
    CHECK(alloc(256) != NULL && vsz_bytes() == one_page + 4096);
    return 0;
}
