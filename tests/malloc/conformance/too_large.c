// No object is larger than PTRDIFF_MAX: every function says ENOMEM.
#include "../here.h"

#define REFUSED(call) (errno = 0, CHECK((call) == NULL), CHECK(errno == ENOMEM))

int main(void)
{
    size_t sizes[] = {(size_t)PTRDIFF_MAX + 1, SIZE_MAX - 4096, SIZE_MAX - 15, SIZE_MAX};
    for (int n = 0; n < 4; n++) {
        size_t size = hide_size(sizes[n]);
        void *place = sizes, *block = malloc(10);
        REFUSED(malloc(size));
        REFUSED(calloc(1, size));
        REFUSED(calloc(size, 1));
        REFUSED(realloc(NULL, size));
        REFUSED(realloc(block, size));
        REFUSED(memalign(64, size));
        REFUSED(memalign(1 << 20, size));
        REFUSED(aligned_alloc(64, size));
        REFUSED(valloc(size));
        REFUSED(pvalloc(size));
        errno = 1;
        CHECK(posix_memalign(&place, 64, size) == ENOMEM);
        CHECK(place == sizes && errno == 1);
        free(block);
    }
    REFUSED(malloc(hide_size(PTRDIFF_MAX)));
    REFUSED(malloc(hide_size((size_t)1 << 60)));
    CHECK(malloc(hide_size(1)) != NULL);
    return 0;
}
