// A variable on the stack.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address on the main thread's stack; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    int local = 0;
    void *p = &local;
    name_address("p", p);
    free(hide(p));
    return 0;
}
