// One past the end of a block is the free chunk behind it: nothing to free there.
// expect-stderr: allotment: dealloc({past}): no block starts here: never given out; nothing was freed
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    // 4088 bytes leave 8 free, behind the block or before it.
    char *page = alloc(4096);
    dealloc(page);
    char *block = alloc(4088);
    CHECK(block != NULL);
    char *past = block == page ? block + 4088 : page;
    if (past == page)
        SKIP("this heap fills the page from above");
    name_address("past", past);
    dealloc(past);
    CHECK(alloc(16) == NULL);
    CHECK(alloc(8) == past);
    return 0;
}
