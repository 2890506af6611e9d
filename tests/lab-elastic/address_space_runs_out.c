// Address space runs out (RLIMIT_AS): alloc gives NULL and loses nothing; holes
// are still given out; and the heap works again once there is memory.
#include "ealloc.h"
#include "../support/check.h"
#include <sys/resource.h>

int main(void)
{
    static char *pages[500];
    struct rlimit before, tight;
    int count = 0;
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    init_alloc();
    tight = before;
    tight.rlim_cur = (rlim_t)vsz_bytes() + 100 * 4096;
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    for (; count < 500 && (pages[count] = alloc(4096)) != NULL; count++)
        memset(pages[count], count, 4096);
    CHECK(count == 100);
    for (int n = 0; n < 1000; n++)
        CHECK(alloc(4096) == NULL && alloc(256) == NULL);
    dealloc(pages[50]);
    CHECK(alloc(2048) != NULL && alloc(2048) != NULL && alloc(256) == NULL);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    long full = vsz_bytes();
    for (int n = 100; n < 200; n++)
        CHECK((pages[n] = alloc(4096)) != NULL);
    CHECK(vsz_bytes() == full + 100 * 4096);
    for (int n = 0; n < 100; n++)
        CHECK(n == 50 || all_bytes_are(pages[n], 4096, n));
    cleanup();
    CHECK(vsz_bytes() == full - 100 * 4096);
    return 0;
}
