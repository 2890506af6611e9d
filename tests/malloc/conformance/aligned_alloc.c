// aligned_alloc takes powers of two and any size; anything else is EINVAL.
#include "../here.h"

int main(void)
{
    for (size_t align = 1; align <= 1 << 25; align *= 2)
        for (size_t size = 1; size <= 100000; size = size * 3 + 1) {
            char *block = aligned_alloc(hide_size(align), hide_size(size));
            CHECK(block != NULL && (uintptr_t)block % align == 0);
            CHECK(malloc_usable_size(block) >= size);
            memset(block, 1, malloc_usable_size(block));
            free(block);
        }
    size_t wrong[] = {0, 3, 24, 48, 4097, SIZE_MAX};
    for (int n = 0; n < 6; n++) {
        errno = 0;
        CHECK(aligned_alloc(hide_size(wrong[n]), 64) == NULL && errno == EINVAL);
    }
    return 0;
}
