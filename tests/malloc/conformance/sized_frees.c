// Frees that name the size asked for, and the alignment: all of them are right.
// links: archive static
#include "../here.h"

int main(void)
{
    for (size_t size = 0; size < 300000; size += size / 50 + 1) {
        free_sized(malloc(size), size);
        free_sized(calloc(1, size), size);
        char *block = malloc(size / 2);
        free_sized(realloc(block, size + 1), size + 1);
        block = malloc(size * 2);
        free_sized(realloc(block, size + 1), size + 1);
        for (size_t align = 1; align <= 1 << 20; align *= 4)
            free_aligned_sized(aligned_alloc(align, size), align, size);
    }
    free_sized(NULL, 0);
    free_sized(NULL, 100);
    free_aligned_sized(NULL, 64, 100);
    return 0;
}
