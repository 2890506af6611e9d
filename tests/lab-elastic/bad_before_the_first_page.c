// With no page mapped yet, no address is in a page of the heap.
// expect-stderr: allotment: dealloc(0x1000): not in any page of this heap; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    dealloc((char *)(uintptr_t)0x1000);
    CHECK(alloc(4096) != NULL);
    return 0;
}
