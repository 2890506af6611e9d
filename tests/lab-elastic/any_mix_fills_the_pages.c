// Sizes that add up to whole pages, page by page, fill them to the last byte.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    uint64_t random = 3;
    init_alloc();
    long before = vsz_bytes();
    for (long page = 1; page <= 2000; page++) {
        for (int left = 16; left > 0;) {
            int units = 1 + random_below(&random, left);
            char *block = alloc(units * 256);
            CHECK(block != NULL);
            memset(block, units, (size_t)units * 256);
            left -= units;
        }
        CHECK(vsz_bytes() == before + page * 4096);
    }
    return 0;
}
