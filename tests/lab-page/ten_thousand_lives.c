// 10,000 lives, some ended with blocks still live, leak nothing.
#include "alloc.h"
#include "../support/check.h"

static void live(int n)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(8 + n % 512 * 8);
    CHECK(block != NULL);
    memset(block, n, 8);
    if (n % 2)
        dealloc(block);
    CHECK(cleanup() == 0);
}

int main(void)
{
    for (int n = 0; n < 100; n++)
        live(n);
    long vsz = vsz_bytes(), rss = rss_bytes();
    for (int n = 0; n < 10000; n++)
        live(n);
    CHECK(vsz_bytes() == vsz);
    // A page leaked in each life would be 40 MB; the kernel counts in batches.
    CHECK(rss_bytes() <= rss + (1 << 20));
    return 0;
}
