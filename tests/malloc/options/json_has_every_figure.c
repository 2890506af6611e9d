// The JSON says what is live, cached, large and free, by size and in all.
#include "statistics.h"

int main(void)
{
    static char *blocks[1000];
    fetch();
    CHECK(strncmp(statistics, "{\"schema\": \"allotment.statistics.1\", \"pid\": ", 43) == 0);
    CHECK(figure("", "\"pid") == (size_t)getpid());
    size_t live_before = figure("\"live", "bytes"), large_before = figure("\"large", "blocks");
    for (int n = 0; n < 1000; n++)
        blocks[n] = take(1024);
    char *large = take(10 << 20);
    fetch();
    size_t live = figure("\"live", "bytes");
    CHECK(live == live_before + 1000 * 1024 + (10 << 20));
    CHECK(figure("{\"block_bytes\": 1024", "live") >= 1000);
    CHECK(figure("\"large", "blocks") == large_before + 1);
    CHECK(figure("\"large", "run_bytes") >= 10 << 20);
    CHECK(figure("", "\"peak_live_bytes") >= live);
    CHECK(figure("", "\"committed_bytes") >= live);
    CHECK(figure("", "\"resident_bytes") >= live);
    CHECK(figure("", "\"resident_bytes") <= figure("", "\"mapped_bytes"));
    CHECK(figure("", "\"mapped_bytes") <= (size_t)vsz_bytes());
    CHECK(figure("", "\"metadata_bytes") > 0 && figure("", "\"purged_bytes") == 0);
    CHECK(figure("", "\"threads") == 1 && figure("", "\"heaps") == 1);
    CHECK(figure("", "\"claimed_blocks") >= 1000);
    CHECK(strstr(statistics, "\"fragmentation\": 0.0") != NULL);
    for (int n = 0; n < 1000; n++)
        free(blocks[n]);
    free(large);
    fetch();
    CHECK(figure("\"live", "bytes") == live_before);
    CHECK(figure("", "\"peak_live_bytes") >= live);
    CHECK(figure("", "\"put_back_blocks") > 0 && figure("\"free_runs", "dirty_bytes") >= 10 << 20);
    CHECK(strstr(statistics, "\"fragmentation\": 1.000") != NULL || live_before > 0);
    malloc_trim(0);
    fetch();
    CHECK(figure("", "\"purged_bytes") >= 10 << 20);
    CHECK(figure("\"free_runs", "dirty_bytes") == 0);
    return 0;
}
