// dealloc leaves errno alone: for a good pointer, for a bad one, and for a bad
// one that cannot be reported; so do the other calls when they succeed.
// env: ALLOTMENT_QUIET=0
// expect-stderr: allotment: dealloc(0x8): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    errno = 4242;
    CHECK(init_alloc() == 0 && errno == 4242);
    char *block = alloc(64);
    CHECK(block != NULL && errno == 4242);
    dealloc((char *)8);
    CHECK(errno == 4242);
    dealloc(block);
    CHECK(errno == 4242);
    dealloc(NULL);
    CHECK(errno == 4242);
    int kept = dup(2);
    close(2);
    dealloc((char *)8);
    int after = errno;
    dup2(kept, 2);
    CHECK(after == 4242);
    errno = 4242;
    CHECK(cleanup() == 0 && errno == 4242);
    return 0;
}
