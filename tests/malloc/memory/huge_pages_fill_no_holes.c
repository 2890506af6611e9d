// Where pages of a half-used slab have gone back to the system, no huge page brings them
// back.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

#include <malloc.h>

enum {
    UNIT_BYTES = 64 << 10,
    PAGE_BYTES = 4096,
    ROUNDS = 8,
    BLOCKS = 256, // in about six slabs
    KEPT = 16,    // one in so many
};

// Pages that are there in the unit of a block.
static int pages_around(const char *block)
{
    unsigned char is_there[UNIT_BYTES / PAGE_BYTES];
    char *unit = (char *)((uintptr_t)block & ~(uintptr_t)(UNIT_BYTES - 1));
    CHECK(mincore(unit, UNIT_BYTES, is_there) == 0);
    int pages = 0;
    for (int page = 0; page < UNIT_BYTES / PAGE_BYTES; page++)
        pages += is_there[page] & 1;
    return pages;
}

int main(void)
{
    need_huge_pages();
    for (int n = 0; n < 100000; n++)
        take(64);
    for (size_t bytes = 1792; bytes > 1792 - ROUNDS * 64; bytes -= 64) {
        char *blocks[BLOCKS];
        for (int n = 0; n < BLOCKS; n++)
            blocks[n] = take(bytes);
        for (int n = 0; n < BLOCKS; n++)
            if (n % KEPT != 0)
                free(blocks[n]);
        malloc_trim(0);
        int pages = 0, after = 0;
        for (int n = 0; n < BLOCKS; n += KEPT)
            pages += pages_around(blocks[n]);
        long huge = huge_bytes();
        for (size_t sum = 0; sum < 3 << 20; sum += 64)
            take(64);
        CHECK(huge_bytes() > huge);
        for (int n = 0; n < BLOCKS; n += KEPT)
            after += pages_around(blocks[n]);
        name_address("pages", (void *)(uintptr_t)pages);
        name_address("after", (void *)(uintptr_t)after);
        CHECK(after == pages);
    }
    return 0;
}
