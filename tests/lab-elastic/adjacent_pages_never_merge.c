// Two pages side by side, with the last half of one and the first half of the
// next free, are 4096 free bytes in a row, yet a block of 4096 needs a new page.
#include "ealloc.h"
#include "../support/check.h"

#define HALVES 128

static char *halves[HALVES];

static char *half_at(const char *address)
{
    for (int n = 0; n < HALVES; n++)
        if (halves[n] == address)
            return halves[n];
    return NULL;
}

int main(void)
{
    int pairs = 0;
    init_alloc();
    for (int n = 0; n < HALVES; n++)
        CHECK((halves[n] = alloc(2048)) != NULL);
    for (int n = 0; n < HALVES; n++) {
        char *last = halves[n], *first = half_at(last + 2048);
        if ((uintptr_t)last % 4096 != 2048 || first == NULL)
            continue;
        // Freed in either order; neither must reach across the border.
        dealloc(pairs % 2 ? last : first);
        dealloc(pairs % 2 ? first : last);
        long before = vsz_bytes();
        char *whole = alloc(4096);
        CHECK(whole != NULL && (uintptr_t)whole % 4096 == 0);
        CHECK(vsz_bytes() == before + 4096);
        CHECK(alloc(2304) != NULL);
        CHECK(vsz_bytes() == before + 8192);
        // Fill the holes again, the two halves first.
        CHECK(alloc(2048) != NULL && alloc(2048) != NULL && alloc(1792) != NULL);
        CHECK(vsz_bytes() == before + 8192);
        pairs++;
    }
    if (pairs == 0)
        SKIP("the kernel put no two pages side by side");
    return 0;
}
