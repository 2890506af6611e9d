// The same when the slab has ended, as all of its blocks were freed.
// expect-stderr: allotment: free({rest}): no block starts here; aborting
// expect-signal: SIGABRT
#include "../here.h"

enum { BLOCKS = 20000 };

int main(void)
{
    static char *blocks[BLOCKS];
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(48);
    char *rest = (char *)((uintptr_t)blocks[BLOCKS / 2] & ~(uintptr_t)0xffff) + 65520;
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    malloc_trim(0);
    name_address("rest", rest);
    free(hide(rest));
    return 0;
}
