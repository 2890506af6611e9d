// An invalid free is the first call that the program makes to the library.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address on the main thread's stack; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    int local = 0;
    void *p = &local;
    name_address("p", p);
    free(hide(p));
    return 0;
}
