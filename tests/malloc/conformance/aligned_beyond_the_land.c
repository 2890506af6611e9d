// Alignments far beyond any that the heap prepares for.
#include "../here.h"

int main(void)
{
    static const size_t sizes[] = {1, 100000, 3 << 20};
    for (size_t align = 1 << 20; align <= (size_t)1 << 38; align *= 4)
        for (int n = 0; n < 3; n++) {
            char *block = memalign(align, sizes[n]);
            CHECK(block != NULL && (uintptr_t)block % align == 0);
            memset(block, n, sizes[n]);
            char *second = aligned_alloc(align, 5);
            CHECK(second != NULL && second != block && (uintptr_t)second % align == 0);
            free(block);
            free(second);
        }
    errno = 0;
    CHECK(memalign((size_t)1 << 46, 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(memalign((size_t)1 << 63, 1) == NULL && errno == ENOMEM);
    CHECK(mallinfo2().hblks == 0);
    return 0;
}
