// Every block is aligned to 16, whatever its size: SIMD code counts on it.
#include "../here.h"

int main(void)
{
    for (size_t size = 0; size < 70000; size += size < 2000 ? 1 : 97) {
        char *block = malloc(hide_size(size)), *zeroed = calloc(1, hide_size(size));
        CHECK((uintptr_t)block % 16 == 0 && (uintptr_t)zeroed % 16 == 0);
        block = realloc(block, size + 17);
        CHECK(block != NULL && (uintptr_t)block % 16 == 0);
        free(block);
        free(zeroed);
    }
    return 0;
}
