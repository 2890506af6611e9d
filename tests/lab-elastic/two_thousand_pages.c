// 2,000 pages, far beyond the handout's four: each moves VSZ by exactly 4 KiB,
// and each is the user's to the last byte.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *pages[2000];
    init_alloc();
    for (int n = 0; n < 2000; n++) {
        long before = vsz_bytes();
        CHECK((pages[n] = alloc(4096)) != NULL);
        CHECK(vsz_bytes() == before + 4096);
        memset(pages[n], n, 4096);
    }
    for (int n = 0; n < 2000; n++)
        CHECK(all_bytes_are(pages[n], 4096, n));
    return 0;
}
