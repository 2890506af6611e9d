// While a thread that works fast on blocks at hand sees to it that the peak of one that waits
// goes back to the system, another one's peak ends, and it waits, too: that goes back as well.
// links: static
#include "../here.h"

#include <time.h>

enum { THREADS = 2, BLOCK_BYTES = 1000, BLOCKS_MAX = 600000, FEW = 1000, TURNS = 5 };

// Each has fewer than the one before: then more is free than in use.
static const int blocks_of[THREADS] = {BLOCKS_MAX, BLOCKS_MAX / 3 * 2};
static char *blocks[THREADS][BLOCKS_MAX], *few[FEW];
static pthread_barrier_t turn;

static void *peak_and_wait(void *number)
{
    uintptr_t me = (uintptr_t)number;
    for (int n = 0; n < blocks_of[me]; n++)
        blocks[me][n] = take(BLOCK_BYTES);
    for (uintptr_t turns = 0; turns < TURNS; turns++) {
        pthread_barrier_wait(&turn);
        for (int n = 0; turns == 2 * me && n < blocks_of[me]; n++)
            free(blocks[me][n]);
    }
    return NULL;
}

static int passed_ms(struct timespec since)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int)((now.tv_sec - since.tv_sec) * 1000 + (now.tv_nsec - since.tv_nsec) / 1000000);
}

static void work_fast(int for_ms)
{
    struct timespec begin;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &begin) == 0);
    while (passed_ms(begin) < for_ms)
        for (int n = 0; n < 1000; n++)
            free(hide(take(FEW)));
}

int main(void)
{
    pthread_t threads[THREADS];
    memset(blocks, 1, sizeof blocks);
    CHECK(pthread_barrier_init(&turn, NULL, THREADS + 1) == 0);
    long before = rss_bytes();
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, peak_and_wait, (void *)n) == 0);
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn); // the first has freed its blocks
    for (int n = 0; n < FEW; n++)
        few[n] = take(FEW);
    for (int n = 0; n < FEW; n++)
        free(few[n]);
    work_fast(700); // of two seconds for which it sees to it
    CHECK(rss_bytes() - before > (long)blocks_of[1] * BLOCK_BYTES);
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn); // the second has, too
    for (int ms = 0; rss_bytes() - before > 16 << 20; ms += 100) {
        CHECK(ms < 3000);
        work_fast(100);
    }
    pthread_barrier_wait(&turn);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
