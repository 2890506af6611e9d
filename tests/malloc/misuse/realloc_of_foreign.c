// A variable on the stack given to realloc.
// expect-stderr: allotment: realloc({p}): not a block of this heap, but an address on the main thread's stack; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    int local = 0;
    void *p = &local;
    name_address("p", p);
    CHECK(hide(realloc(hide(p), hide_size(200))) == NULL);
    return 0;
}
