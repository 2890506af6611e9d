// Four threads had 1 GiB of blocks of up to 1 KiB, free 95 % of it in runs of four
// thousand, and wait; another one works lightly. The pages between the survivors go back
// to the system though their owners do not come by.
// links: static
#include "../here.h"

enum { THREADS = 4, PEAK_BYTES = (1 << 30) / THREADS, BLOCKS_MAX = 700000, RUN = 4000 };

static char *blocks[THREADS][BLOCKS_MAX];
static pthread_barrier_t turn;
static long live[THREADS];

static void *peak_and_wait(void *number)
{
    uintptr_t me = (uintptr_t)number;
    uint64_t seed = me + 1;
    int count = 0;
    for (long taken = 0; taken < PEAK_BYTES; count++) {
        size_t size = 1 + (size_t)random_below(&seed, 1 << 10);
        CHECK(count < BLOCKS_MAX);
        blocks[me][count] = take(size);
        taken += (long)size;
    }
    pthread_barrier_wait(&turn);
    for (int n = 0; n < count; n++) {
        if (n / RUN % 20 == 0)
            live[me] += (long)malloc_usable_size(blocks[me][n]);
        else
            free(blocks[me][n]);
    }
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    memset(blocks, 1, sizeof blocks);
    CHECK(pthread_barrier_init(&turn, NULL, THREADS + 1) == 0);
    long before = rss_bytes(), all = 0;
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, peak_and_wait, (void *)n) == 0);
    pthread_barrier_wait(&turn);
    CHECK(rss_bytes() >= before + (1 << 30));
    pthread_barrier_wait(&turn);
    for (int n = 0; n < THREADS; n++)
        all += live[n];
    for (int ms = 0; rss_bytes() - before > all + all / 4 + (8 << 20); ms++) {
        CHECK(ms < 3000);
        // Not of a size that the C library asked for as the program began, which depends on
        // the length of the program's path: then a block is at hand, and nothing comes by.
        free(take(1000));
        usleep(1000);
    }
    pthread_barrier_wait(&turn);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
