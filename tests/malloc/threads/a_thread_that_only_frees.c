// One thread allocates one generation of blocks after the other, another thread
// frees them all. Memory stays within one and a half times what is live, and 8 MiB.
#include "../here.h"

enum { BLOCKS = 200000, BLOCK_BYTES = 100, GENERATIONS = 30 };

static char *blocks[BLOCKS];
static pthread_barrier_t turn;

static void *only_free(void *unused)
{
    for (int generation = 0; generation < GENERATIONS; generation++) {
        pthread_barrier_wait(&turn);
        for (int n = 0; n < BLOCKS; n++)
            free(blocks[n]);
        pthread_barrier_wait(&turn);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    CHECK(pthread_barrier_init(&turn, NULL, 2) == 0);
    CHECK(pthread_create(&thread, NULL, only_free, NULL) == 0);
    memset(blocks, 1, sizeof blocks);
    long before = rss_bytes(), live = (long)BLOCKS * 112;
    for (int generation = 0; generation < GENERATIONS; generation++) {
        for (int n = 0; n < BLOCKS; n++)
            blocks[n] = take(BLOCK_BYTES);
        CHECK(rss_bytes() - before <= live * 3 / 2 + (8 << 20));
        pthread_barrier_wait(&turn);
        pthread_barrier_wait(&turn);
    }
    CHECK(pthread_join(thread, NULL) == 0);
    return 0;
}
