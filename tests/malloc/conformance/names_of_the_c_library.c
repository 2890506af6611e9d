// The C library's own names for its malloc are the same heap.
// links: archive shared static
#include "../here.h"

void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t), *__libc_valloc(size_t), *__libc_pvalloc(size_t);
void __libc_free(void *);

int main(void)
{
    char *block = __libc_malloc(10);
    CHECK(malloc_usable_size(block) >= 10);
    block = __libc_realloc(block, 1000);
    CHECK(malloc_usable_size(block) >= 1000);
    __libc_free(block);
    CHECK(malloc_usable_size(hide(block)) == 0);
    void *blocks[] = {__libc_calloc(3, 5), __libc_memalign(64, 5), __libc_valloc(5),
                      __libc_pvalloc(5)};
    for (int n = 0; n < 4; n++) {
        CHECK(malloc_usable_size(blocks[n]) > 0);
        free(blocks[n]);
    }
    return 0;
}
