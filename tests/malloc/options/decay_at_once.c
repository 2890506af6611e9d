// With ALLOTMENT_DECAY_MS=0 nothing that is free stays: not of large blocks, long or
// short, and not of slabs.
// env: ALLOTMENT_DECAY_MS=0
#include "statistics.h"

int main(void)
{
    static char *blocks[10000];
    char *large = take(50 << 20), *shorter = take(100000);
    long rss = rss_bytes();
    free(large);
    CHECK(rss_bytes() < rss - (49 << 20));
    free(shorter);
    fetch();
    CHECK(figure("\"free_runs", "dirty_bytes") == 0);
    for (int n = 0; n < 10000; n++)
        blocks[n] = take(1024);
    rss = rss_bytes();
    for (int n = 0; n < 10000; n++)
        free(blocks[n]);
    CHECK(rss_bytes() < rss - (9 << 20));
    fetch();
    CHECK(figure("\"free_runs", "dirty_bytes") == 0);
    return 0;
}
