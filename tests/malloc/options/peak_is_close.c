// The peak is within some percent of the most that was live, small and large blocks
// together, whatever went up and down before; nobody asked while it was.
#include "statistics.h"

static char *blocks[200000];

static size_t fill(int count, size_t size)
{
    for (int n = 0; n < count; n++)
        blocks[n] = take(size);
    return (size_t)count * size;
}

static void empty(int count)
{
    for (int n = 0; n < count; n++)
        free(blocks[n]);
}

int main(void)
{
    for (int round = 0; round < 3; round++) {
        fill(100000, 64);
        empty(100000);
        fill(50, 100000);
        empty(50);
    }
    fetch();
    size_t first = figure("", "\"peak_live_bytes");
    CHECK(first > 100000 * 64 * 9 / 10 && first < 100000 * 64 * 11 / 10);
    size_t most = fill(200000, 256);
    char *large = take(20 << 20);
    most += 20 << 20;
    free(large);
    empty(200000);
    malloc_trim(0);
    fetch();
    size_t peak = figure("", "\"peak_live_bytes");
    CHECK(peak > most * 97 / 100 && peak < most * 105 / 100);
    CHECK(figure("\"live", "bytes") < 1 << 20);
    return 0;
}
