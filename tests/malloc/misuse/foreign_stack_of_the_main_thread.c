// A variable on the main thread's stack, freed by another thread.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address on the main thread's stack; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    int local = 0;
    void *p = &local;
    name_address("p", p);
    in_thread(free_it, hide(p));
    return 0;
}
