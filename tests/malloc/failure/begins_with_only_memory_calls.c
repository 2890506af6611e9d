// The filter that allows nothing but memory calls, futex, write and exit is there before
// the program's first block, and stays to its end.
#include "only_memory.h"

int main(void)
{
    allow_only_memory();
    for (size_t size = 1; size < 50000000; size *= 3) {
        char *block = realloc(take(size), hide_size(size * 2));
        CHECK(block != NULL && all_bytes_are(block, size, 0x5a));
        free(block);
        CHECK((block = calloc(size, 1)) != NULL && all_bytes_are(block, size, 0));
        free(block);
    }
    malloc_trim(0);
    CHECK(mallinfo2().uordblks < 1 << 20 && mallinfo().hblks == 0);
    return 0;
}
