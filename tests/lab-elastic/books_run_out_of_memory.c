// Past 65,536 pages the books may need memory too. With room for single pages
// only, alloc gives NULL where it must, loses nothing, and goes on later.
#include "ealloc.h"
#include "../support/check.h"
#include <sys/resource.h>

#define PAGES 70000

static char *pages[2 * PAGES];

int main(void)
{
    struct rlimit before, tight;
    int count = 0;
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    long start = vsz_bytes();
    init_alloc();
    tight = before;
    tight.rlim_cur = (rlim_t)start + PAGES * 4096l;
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    while (count < PAGES && (pages[count] = alloc(4096)) != NULL)
        count++;
    CHECK(count >= 65536);
    CHECK(alloc(4096) == NULL && alloc(256) == NULL);
    for (int n = 0; n < count; n += 1000)
        dealloc(pages[n]);
    for (int n = 0; n < count; n += 1000)
        CHECK((pages[n] = alloc(4096)) != NULL);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    for (; count < 2 * PAGES; count++)
        CHECK((pages[count] = alloc(4096)) != NULL);
    for (int n = 0; n < 2 * PAGES; n += 7)
        memcpy(pages[n], &n, sizeof n);
    for (int n = 0; n < 2 * PAGES; n += 7)
        CHECK(memcmp(pages[n], &n, sizeof n) == 0);
    cleanup();
    CHECK(vsz_bytes() == start);
    return 0;
}
