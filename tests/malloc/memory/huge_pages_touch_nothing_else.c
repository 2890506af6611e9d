// A slab gets a huge page only where nothing else is in it: not where a block lies that the
// program has not written.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

enum {
    UNIT_BYTES = 64 << 10,
    LARGE = 40,
    LARGE_BYTES = 15 * UNIT_BYTES,
    SMALL = LARGE * 17 * UNIT_BYTES / 64,
    PAGE_BYTES = 4096,
};

int main(void)
{
    need_huge_pages();
    for (int n = 0; n < 20000; n++)
        take(64);
    char *large[LARGE];
    for (int n = 0; n < LARGE; n++) {
        large[n] = (char *)aligned_alloc(HUGE_BYTES, LARGE_BYTES);
        CHECK(large[n] != NULL);
    }
    for (int n = 0; n < SMALL; n++)
        take(64);
    for (int n = 0; n < LARGE; n++) {
        unsigned char is_there[LARGE_BYTES / PAGE_BYTES];
        CHECK(mincore(large[n], LARGE_BYTES, is_there) == 0);
        for (int page = 0; page < LARGE_BYTES / PAGE_BYTES; page++)
            CHECK(!(is_there[page] & 1));
    }
    return 0;
}
