// A small number taken for a pointer.
// expect-stderr: allotment: free({p}): not a block of this heap, but a small number; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    void *p = (void *)(uintptr_t)8;
    name_address("p", p);
    free(hide(p));
    return 0;
}
