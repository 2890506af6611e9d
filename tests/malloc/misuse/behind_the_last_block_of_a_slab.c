// The rest of a slab behind its last block, where none ever was.
// expect-stderr: allotment: free({rest}): no block starts here; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(48);
    // 1365 blocks of 48 bytes are 16 bytes less than a slab.
    char *rest = (char *)((uintptr_t)block & ~(uintptr_t)0xffff) + 65520;
    name_address("rest", rest);
    free(hide(rest));
    return 0;
}
