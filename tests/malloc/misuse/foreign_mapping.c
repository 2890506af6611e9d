// Memory of the program's own mmap.
// expect-stderr: allotment: free({p}): not a block of this heap, but memory from elsewhere; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    name_address("p", p);
    free(hide(p));
    return 0;
}
