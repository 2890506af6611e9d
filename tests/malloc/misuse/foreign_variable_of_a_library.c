// A variable of the C library.
// expect-stderr: allotment: free({p}): not a block of this heap, but a static variable of libc.so.6; aborting
// expect-signal: SIGABRT
// links: shared
#include "../here.h"

#include <stdio.h>

int main(void)
{
    free(take(1));
    void *p = stdout;
    name_address("p", p);
    free(hide(p));
    return 0;
}
