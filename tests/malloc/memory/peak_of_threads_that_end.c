// Four threads had 1 GiB, free 95 % of it, and end; another one works lightly, always on
// the same block. The memory goes back to the system though it freed none of it.
#include "../here.h"

enum { THREADS = 4, PEAK_BYTES = (1 << 30) / THREADS, BLOCKS_MAX = 4000 };

static char *blocks[THREADS][BLOCKS_MAX];
static pthread_barrier_t full;
static long live[THREADS];

static void *peak_and_end(void *number)
{
    uintptr_t me = (uintptr_t)number;
    uint64_t seed = me + 1;
    int count = 0;
    for (long taken = 0; taken < PEAK_BYTES; count++) {
        size_t size = (4 << 10) + (size_t)random_below(&seed, 1 << 20);
        CHECK(count < BLOCKS_MAX);
        blocks[me][count] = take(size);
        taken += (long)size;
    }
    pthread_barrier_wait(&full);
    for (int n = 0; n < count; n++) {
        if (n % 20 == 0)
            live[me] += (long)malloc_usable_size(blocks[me][n]);
        else
            free(blocks[me][n]);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&full, NULL, THREADS) == 0);
    for (int n = 0; n < 1000; n++)
        free(take(64));
    long before = rss_bytes(), all = 0;
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, peak_and_end, (void *)n) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    for (int n = 0; n < THREADS; n++)
        all += live[n];
    for (int ms = 0; rss_bytes() - before > all + all / 4 + (8 << 20); ms++) {
        CHECK(ms < 3000);
        free(take(64));
        usleep(1000);
    }
    return 0;
}
