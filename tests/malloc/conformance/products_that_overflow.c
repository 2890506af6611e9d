// calloc and reallocarray refuse products that no size holds; the old block stays.
#define _GNU_SOURCE
#include "../here.h"

int main(void)
{
    size_t half = hide_size(SIZE_MAX / 2 + 1);
    errno = 0;
    CHECK(calloc(half, 2) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(2, half) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(SIZE_MAX, hide_size(SIZE_MAX)) == NULL && errno == ENOMEM);
    char *block = take(100);
    errno = 0;
    CHECK(reallocarray(block, half, 2) == NULL && errno == ENOMEM);
    CHECK(all_bytes_are(block, 100, 0x5a));
    block = reallocarray(block, 30, 10);
    CHECK(block != NULL && malloc_usable_size(block) >= 300);
    CHECK(all_bytes_are(block, 100, 0x5a));
    free(block);
    return 0;
}
