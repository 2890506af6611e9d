// free_sized of a variable on the stack.
// expect-stderr: allotment: free_sized({p}): not a block of this heap, but an address on the main thread's stack; aborting
// expect-signal: SIGABRT
// links: static
#include "../here.h"

int main(void)
{
    int local = 0;
    void *p = &local;
    name_address("p", p);
    free_sized(hide(p), sizeof local);
    return 0;
}
