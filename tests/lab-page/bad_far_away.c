// Addresses at both ends of the address space, where nothing can be mapped.
// expect-stderr: allotment: dealloc(0x1): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0x8): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0x8000000000000000): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0xfffffffffffff000): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0xffffffffffffffff): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    const uintptr_t far_away[] = {1, 8, (uintptr_t)1 << 63, ~(uintptr_t)4095, ~(uintptr_t)0};
    CHECK(init_alloc() == 0);
    for (int n = 0; n < 5; n++)
        dealloc((char *)far_away[n]);
    CHECK(alloc(4096) != NULL);
    return 0;
}
