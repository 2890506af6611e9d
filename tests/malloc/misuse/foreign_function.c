// A function.
// expect-stderr: allotment: free({p}): not a block of this heap, but code of the program; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    void *p = (void *)(uintptr_t)take;
    name_address("p", p);
    free(hide(p));
    return 0;
}
