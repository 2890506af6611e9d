// Every byte that malloc_usable_size reports can be written; for NULL, and for
// anything that is no live block's start, it reports none.
#include "../here.h"

int main(void)
{
    for (size_t size = 0; size < 300000; size += size / 20 + 1) {
        char *block = malloc(size), *next = malloc(size);
        size_t usable = malloc_usable_size(block);
        CHECK(block != NULL && next != NULL && usable >= size);
        memset(next, 2, malloc_usable_size(next));
        memset(block, 1, usable);
        CHECK(all_bytes_are(next, malloc_usable_size(next), 2));
        CHECK(malloc_usable_size(block + 1) == 0 && malloc_usable_size(block + 8) == 0);
        CHECK(usable <= 16 || malloc_usable_size(block + 16) == 0);
        free(block);
        CHECK(malloc_usable_size(hide(block)) == 0);
        free(next);
    }
    int local;
    static int variable;
    CHECK(malloc_usable_size(NULL) == 0);
    CHECK(malloc_usable_size(&local) == 0 && malloc_usable_size(&variable) == 0);
    CHECK(malloc_usable_size((void *)8) == 0 && malloc_usable_size((void *)UINTPTR_MAX) == 0);
    CHECK(malloc_usable_size((void *)(uintptr_t)take) == 0);
    return 0;
}
