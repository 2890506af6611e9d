// dealloc after cleanup: the block went with its page.
// expect-stderr: allotment: dealloc({block}): not initialised: call init_alloc first; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(64);
    CHECK(block != NULL);
    name_address("block", block);
    CHECK(cleanup() == 0);
    dealloc(block);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    return 0;
}
