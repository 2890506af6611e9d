// Sizes are 256, 512, … 4096. Every other one gives NULL and maps nothing.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    const int odd[] = {INT_MIN, INT_MIN + 256, INT_MIN + 4096, -65536, 65536, 65536 + 256, 1 << 24,
                       1 << 30, INT_MAX - 255, INT_MAX};
    init_alloc();
    long before = vsz_bytes();
    for (int size = -9000; size <= 9000; size++)
        if (size <= 0 || size > 4096 || size % 256 != 0)
            CHECK(alloc(size) == NULL);
    for (size_t n = 0; n < sizeof odd / sizeof *odd; n++)
        CHECK(alloc(odd[n]) == NULL);
    CHECK(vsz_bytes() == before);
    for (int size = 256; size <= 4096; size += 256)
        CHECK(alloc(size) != NULL);
    return 0;
}
