// ALLOTMENT_QUIET=0 asks for no silence.
// env: ALLOTMENT_QUIET=0
// expect-stderr: allotment: dealloc(0x8): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    dealloc((char *)8);
    return 0;
}
