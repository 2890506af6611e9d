// With a long ALLOTMENT_DECAY_MS, what is free stays until malloc_trim.
// env: ALLOTMENT_DECAY_MS=86400000
#include "statistics.h"

int main(void)
{
    char *large = take(50 << 20);
    long rss = rss_bytes();
    free(large);
    struct timespec little = {0, 20000000};
    for (int n = 0; n < 100; n++) {
        free(take(2000000));
        if (n % 10 == 0)
            nanosleep(&little, NULL);
    }
    CHECK(rss_bytes() > rss - (1 << 20));
    CHECK(malloc_trim(0) == 1 && rss_bytes() < rss - (49 << 20));
    return 0;
}
