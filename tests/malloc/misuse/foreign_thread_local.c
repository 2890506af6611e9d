// A thread-local variable.
// expect-stderr: allotment: free({p}): not a block of this heap; aborting
// expect-signal: SIGABRT
#include "../here.h"

static __thread int variable;

int main(void)
{
    free(take(1));
    void *p = &variable;
    name_address("p", p);
    free(hide(p));
    return 0;
}
