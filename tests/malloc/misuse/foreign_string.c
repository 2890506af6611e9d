// A string literal.
// expect-stderr: allotment: free({p}): not a block of this heap, but constant data of the program; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    const void *p = "literal";
    name_address("p", p);
    free(hide(p));
    return 0;
}
