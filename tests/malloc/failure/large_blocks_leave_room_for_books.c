// Where the data of a program is limited, large blocks use all of it up and are freed:
// there is room for the books of small ones afterwards.
#include "../here.h"

#include <sys/resource.h>

enum { LIMIT_BYTES = 64 << 20, LARGE_BYTES = 64 << 10, SMALL_BYTES_MAX = 32 << 10, ALL = 4 << 20 };

// Takes blocks until there are so many bytes, or no more; frees them, and says how many
// there were.
static size_t take_and_give(size_t size, size_t bytes_max)
{
    void **last = NULL;
    size_t bytes = 0;
    for (; bytes < bytes_max; bytes += size) {
        void **block = (void **)hide(malloc(hide_size(size)));
        if (block == NULL)
            break;
        *block = last;
        last = block;
    }
    while (last != NULL) {
        void **next = (void **)*last;
        free(last);
        last = next;
    }
    return bytes;
}

int main(void)
{
    struct rlimit limit = {LIMIT_BYTES, LIMIT_BYTES};
    CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
    CHECK(take_and_give(LARGE_BYTES, LIMIT_BYTES) < LIMIT_BYTES);
    malloc_trim(0);
    for (size_t size = 16; size <= SMALL_BYTES_MAX; size *= 2)
        CHECK(take_and_give(size, ALL) >= ALL);
    return 0;
}
