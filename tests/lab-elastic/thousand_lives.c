// 1,000 lives of ten pages each leak nothing, and each begins with no page.
#include "ealloc.h"
#include "../support/check.h"

static void live(int n, long before)
{
    char *blocks[20];
    init_alloc();
    CHECK(vsz_bytes() == before);
    for (int at = 0; at < 20; at++) {
        CHECK((blocks[at] = alloc(2048)) != NULL);
        memset(blocks[at], n, 2048);
    }
    CHECK(vsz_bytes() == before + 10 * 4096);
    for (int at = 0; at < n % 20; at++)
        dealloc(blocks[at]);
    cleanup();
    CHECK(vsz_bytes() == before);
}

int main(void)
{
    long before = vsz_bytes();
    live(0, before);
    long rss = rss_bytes();
    for (int n = 0; n < 1000; n++)
        live(n, before);
    // A page leaked in each life would be 4 MB; the kernel counts in batches.
    CHECK(rss_bytes() <= rss + (1 << 20));
    return 0;
}
