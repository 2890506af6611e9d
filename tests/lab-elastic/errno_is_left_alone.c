// dealloc leaves errno alone, for a good pointer and for a bad one; so do the
// other calls when they succeed.
// expect-stderr: allotment: dealloc(0x100): not in any page of this heap; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    errno = 4242;
    init_alloc();
    CHECK(errno == 4242);
    char *block = alloc(256);
    CHECK(block != NULL && errno == 4242);
    dealloc((char *)(uintptr_t)0x100);
    CHECK(errno == 4242);
    dealloc(block);
    CHECK(errno == 4242);
    cleanup();
    CHECK(errno == 4242);
    return 0;
}
