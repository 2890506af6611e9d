// A static variable.
// expect-stderr: allotment: free({p}): not a block of this heap, but a static variable of the program; aborting
// expect-signal: SIGABRT
#include "../here.h"

static int variable;

int main(void)
{
    free(take(1));
    void *p = &variable;
    name_address("p", p);
    free(hide(p));
    return 0;
}
