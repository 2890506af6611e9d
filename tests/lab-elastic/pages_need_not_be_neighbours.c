// Foreign mappings between the pages: the heap works on, and cleanup unmaps its
// own pages and none of the others.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *pages[1000], *walls[1000];
    init_alloc();
    long before = vsz_bytes();
    for (int n = 0; n < 1000; n++) {
        CHECK((pages[n] = alloc(4096)) != NULL);
        walls[n] = (char *)mmap(NULL, 4096, n % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(walls[n] != MAP_FAILED);
        memset(pages[n], n, 4096);
    }
    for (int n = 0; n < 1000; n++)
        CHECK(all_bytes_are(pages[n], 4096, n) && all_bytes_are(walls[n], 4096, 0));
    for (int n = 0; n < 1000; n += 2)
        dealloc(pages[n]);
    long full = vsz_bytes();
    for (int n = 0; n < 1000; n++)
        CHECK(alloc(2048) != NULL);
    CHECK(vsz_bytes() == full);
    cleanup();
    CHECK(vsz_bytes() == before + 1000 * 4096);
    for (int n = 0; n < 1000; n++)
        CHECK(!is_mapped(pages[n]) && is_mapped(walls[n]));
    return 0;
}
