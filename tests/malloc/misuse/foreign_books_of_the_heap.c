// An address a little below the heap's first block, where its books are.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address in its reserve; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    char *p = (char *)(((uintptr_t)block & ~(uintptr_t)0x3ffffff) - 4096);
    name_address("p", p);
    free(hide(p));
    return 0;
}
