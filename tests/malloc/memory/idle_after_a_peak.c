// A program that had 200 MiB in blocks of all sizes, in several threads, frees them and
// does nothing more: with a thread in the background, the memory goes back all the
// same. So it does in a forked child.
// env: ALLOTMENT_BACKGROUND=1
#include "../here.h"

enum { BLOCKS = 20000, THREADS = 4, LIMIT_BYTES = 24 << 20 };

static pthread_barrier_t freed, over;

static void peak(void)
{
    char **blocks = malloc(BLOCKS * sizeof *blocks);
    uint64_t seed = 3;
    CHECK(blocks != NULL);
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take((size_t)random_below(&seed, n % 100 == 0 ? 200000 : 3000));
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    free(blocks);
}

static void *peak_and_wait(void *unused)
{
    peak();
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&over);
    return unused;
}

static void wait_until_it_is_back(void)
{
    CHECK(rss_bytes() > LIMIT_BYTES);
    for (int tenth = 0; rss_bytes() > LIMIT_BYTES; tenth++) {
        CHECK(tenth < 200);
        usleep(100000);
    }
}

int main(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&freed, NULL, THREADS + 1) == 0);
    CHECK(pthread_barrier_init(&over, NULL, THREADS + 1) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, peak_and_wait, NULL) == 0);
    pthread_barrier_wait(&freed);
    wait_until_it_is_back();
    pthread_barrier_wait(&over);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);

    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        peak();
        wait_until_it_is_back();
        _exit(3);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    return 0;
}
