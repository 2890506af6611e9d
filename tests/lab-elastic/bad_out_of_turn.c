// dealloc before init_alloc, and of a block after cleanup: not initialised.
// expect-stderr: allotment: dealloc({bad}): not initialised: call init_alloc first; nothing was freed
// expect-stderr: allotment: dealloc({block}): not initialised: call init_alloc first; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    char local = 1;
    name_address("bad", &local);
    dealloc(&local);
    init_alloc();
    char *block = alloc(256);
    CHECK(block != NULL);
    name_address("block", block);
    cleanup();
    dealloc(block);
    return 0;
}
