// memalign makes of an alignment the next power of two, as glibc does.
#include "../here.h"

int main(void)
{
    size_t pairs[][2] = {{0, 1}, {1, 1}, {3, 4}, {24, 32}, {48, 64}, {100, 128}, {5000, 8192}};
    for (int n = 0; n < 7; n++) {
        char *block = memalign(hide_size(pairs[n][0]), 100);
        CHECK(block != NULL && (uintptr_t)block % pairs[n][1] == 0);
        CHECK((uintptr_t)block % 16 == 0);
        free(block);
    }
    errno = 0;
    CHECK(memalign(hide_size(SIZE_MAX / 2 + 2), 100) == NULL && errno == EINVAL);
    return 0;
}
