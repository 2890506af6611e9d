// Ten thousand threads, one after the other and many at a time, each with blocks of
// its own: what they had is there for the next. Nothing is live between them, and memory
// stays within 8 MiB.
#include "../here.h"

static void *live_briefly(void *seed)
{
    char *blocks[50];
    uint64_t state = (uintptr_t)seed;
    for (int n = 0; n < 50; n++)
        blocks[n] = take((size_t)random_below(&state, 3000));
    for (int n = 0; n < 50; n++)
        free(blocks[n]);
    return NULL;
}

int main(void)
{
    enum { AT_ONCE = 20 };
    pthread_t threads[AT_ONCE];
    long before = rss_bytes();
    for (uintptr_t n = 0; n < 10000; n += AT_ONCE) {
        for (int one = 0; one < AT_ONCE; one++)
            CHECK(pthread_create(&threads[one], NULL, live_briefly, (void *)(n + 1)) == 0);
        for (int one = 0; one < AT_ONCE; one++)
            CHECK(pthread_join(threads[one], NULL) == 0);
        CHECK(rss_bytes() <= before + (8 << 20));
    }
    return 0;
}
