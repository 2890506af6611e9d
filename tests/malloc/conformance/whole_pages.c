// valloc aligns to the page; pvalloc rounds the size up to pages as well.
#include "../here.h"

int main(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t sizes[] = {0, 1, page - 1, page, page + 1, 10 * page + 1, 1000 * page + 1};
    for (int n = 0; n < 7; n++) {
        size_t whole = (sizes[n] + page - 1) / page * page;
        char *block = valloc(hide_size(sizes[n]));
        CHECK(block != NULL && (uintptr_t)block % page == 0);
        CHECK(malloc_usable_size(block) >= sizes[n]);
        char *pages = pvalloc(hide_size(sizes[n]));
        CHECK(pages != NULL && (uintptr_t)pages % page == 0);
        CHECK(malloc_usable_size(pages) >= whole && malloc_usable_size(pages) >= page);
        memset(pages, 1, malloc_usable_size(pages));
        free(block);
        free(pages);
    }
    errno = 0;
    CHECK(pvalloc(hide_size(SIZE_MAX - page / 2)) == NULL && errno == ENOMEM);
    return 0;
}
