// posix_memalign returns its error, leaves errno alone, and its result untouched.
#include "../here.h"

int main(void)
{
    size_t wrong[] = {0, 1, 2, 4, 7, 12, 24, 4095, SIZE_MAX};
    for (int n = 0; n < 9; n++) {
        void *place = &wrong;
        errno = 1;
        CHECK(posix_memalign(&place, hide_size(wrong[n]), 64) == EINVAL);
        CHECK(place == &wrong && errno == 1);
    }
    for (size_t align = sizeof(void *); align <= 1 << 24; align *= 2) {
        void *place = NULL;
        errno = 1;
        CHECK(posix_memalign(&place, align, hide_size(align / 2 + 1)) == 0);
        CHECK(place != NULL && (uintptr_t)place % align == 0 && errno == 1);
        memset(place, 1, malloc_usable_size(place));
        free(place);
        CHECK(posix_memalign(&place, align, hide_size(0)) == 0);
        free(place);
    }
    void *place = &wrong;
    CHECK(posix_memalign(&place, 64, hide_size((size_t)1 << 60)) == ENOMEM);
    CHECK(place == &wrong && errno == 1);
    return 0;
}
