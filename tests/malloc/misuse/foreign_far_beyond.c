// An address that is a terabyte above a block.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address in its reserve; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    char *p = take(64) + ((size_t)1 << 40);
    name_address("p", p);
    free(hide(p));
    return 0;
}
