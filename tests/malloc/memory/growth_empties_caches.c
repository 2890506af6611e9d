// A thread has caches full of blocks of some sizes, and then asks for others until the
// heap grows: what it kept goes back before more memory is touched, without time going by.
#include "../threads/caches.h"

enum { BLOCK_BYTES = 64, BYTES = 24 << 20, LEFT_MAX = 1 << 20 };

int main(void)
{
    fill_caches();
    CHECK(mallinfo2().fsmblks >= CACHES_BYTES_MIN);
    for (long bytes = 0; bytes < BYTES; bytes += BLOCK_BYTES)
        take(BLOCK_BYTES);
    CHECK(mallinfo2().fsmblks < LEFT_MAX);
    return 0;
}
