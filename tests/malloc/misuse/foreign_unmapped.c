// Memory of the program's own mmap that it has unmapped again.
// expect-stderr: allotment: free({p}): not a block of this heap, but an address where no memory is; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    free(take(1));
    void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED && munmap(p, 65536) == 0);
    name_address("p", p);
    free(hide(p));
    return 0;
}
