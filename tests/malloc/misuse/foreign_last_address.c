// The last address there is.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address where no memory is; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    void *p = (void *)UINTPTR_MAX;
    name_address("p", p);
    free(hide(p));
    return 0;
}
