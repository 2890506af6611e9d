// Each munmap in turn fails once: cleanup has no way to tell, but the heap is
// forgotten, the next life works, and no more than that one page stays behind.
// inject: munmap:error=ENOMEM:when={n}
// links: static
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    long start = vsz_bytes();
    for (int life = 0; life < 3; life++) {
        char *pages[6];
        init_alloc();
        for (int n = 0; n < 6; n++) {
            CHECK((pages[n] = alloc(4096)) != NULL);
            memset(pages[n], n, 4096);
        }
        for (int n = 0; n < 6; n++)
            CHECK(all_bytes_are(pages[n], 4096, n));
        cleanup();
        CHECK(alloc(256) == NULL);
        CHECK(vsz_bytes() <= start + 4096);
    }
    return 0;
}
