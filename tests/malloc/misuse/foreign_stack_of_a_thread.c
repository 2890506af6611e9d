// A variable on the stack of a thread, which frees it.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address on this thread's stack; aborting
// expect-signal: SIGABRT
#include "../here.h"

static void *free_own(void *unused)
{
    int local = 0;
    void *p = &local;
    name_address("p", p);
    free(hide(p));
    return unused;
}

int main(void)
{
    in_thread(free_own, NULL);
    return 0;
}
