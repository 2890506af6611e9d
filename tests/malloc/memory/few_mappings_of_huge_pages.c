// What large blocks with huge pages leave behind does not split the land into a mapping
// for each block that comes to lie in it: neither where they lie close together, nor far
// apart.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

#include "../../support/maps.h"

#include <malloc.h>

enum { MIB = 1 << 20, LARGE_BYTES = 16 * MIB, LARGE = 40, UNIT_BYTES = 64 << 10 };
enum { RUNS = LARGE * LARGE_BYTES / UNIT_BYTES, CLOSE = 4, FAR = 36 };

static char *large[LARGE], *runs[RUNS];

// Every `apart`-th unit of what large blocks had is in use, and nothing else.
static void leave_runs(int apart)
{
    for (int n = 0; n < LARGE; n++)
        memset(large[n] = take(LARGE_BYTES), 1, LARGE_BYTES);
    for (int n = 0; n < LARGE; n++)
        free(large[n]);
    for (int n = 0; n < RUNS; n++)
        runs[n] = take(UNIT_BYTES);
    for (int n = 0; n < RUNS; n++)
        if (n % apart != 0)
            free(runs[n]);
    malloc_trim(0);
    CHECK(maps_count() < 300);
    for (int n = 0; n < RUNS; n += apart)
        free(runs[n]);
    malloc_trim(0);
}

int main(void)
{
    need_huge_pages();
    need_huge_pages_on_advice();
    int before = maps_count();
    memset(take(6 * MIB), 1, 6 * MIB);
    leave_runs(CLOSE);
    leave_runs(FAR);
    CHECK(maps_count() < before + 20);
    return 0;
}
