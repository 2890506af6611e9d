// malloc_good_size foretells the usable size; malloc_size tells it.
// links: archive static
#include "../here.h"

int main(void)
{
    for (size_t size = 0; size < 300000; size += size / 20 + 1) {
        char *block = malloc(size);
        CHECK(malloc_size(block) == malloc_usable_size(block));
        CHECK(malloc_good_size(size) == malloc_size(block));
        CHECK(malloc_good_size(malloc_good_size(size)) == malloc_good_size(size));
        free(block);
    }
    CHECK(malloc_size(NULL) == 0);
    CHECK(malloc_good_size(SIZE_MAX) == SIZE_MAX);
    return 0;
}
