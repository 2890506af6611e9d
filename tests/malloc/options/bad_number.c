// An option set to no number is as good as not set.
// expect-stderr: allotment: ALLOTMENT_DECAY_MS=1s makes no sense, and has no effect; set it to a number from 0 to 86400000
// env: ALLOTMENT_DECAY_MS=1s
#include "../here.h"

int main(void)
{
    char *large = take(50 << 20);
    long rss = rss_bytes();
    free(large);
    CHECK(rss_bytes() > rss - (1 << 20));
    return 0;
}
