// A size above 4096 gives NULL and changes nothing, however large.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    const int sizes[] = {4097, 4104, 8192, 65536, 65536 + 8, 1 << 24, 1 << 30, (1 << 30) + 8,
                         INT_MAX - 7, INT_MAX - 1, INT_MAX};
    CHECK(init_alloc() == 0);
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
        CHECK(alloc(sizes[n]) == NULL);
    for (int size = 4097; size < 40000; size++)
        CHECK(alloc(size) == NULL);
    CHECK(alloc(4096) != NULL);
    return 0;
}
