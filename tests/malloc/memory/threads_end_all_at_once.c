// Threads that are alive at the same time, each with blocks of many sizes, end: what they
// had goes back at once, but for a little that is there for the next threads.
#include "../here.h"

enum { THREADS = 200, SIZES = 100, KEPT_BYTES_EACH = 100 << 10 };

static pthread_barrier_t all_are_there;

static void *work(void *unused)
{
    (void)unused;
    char *blocks[SIZES];
    for (size_t n = 0; n < SIZES; n++)
        blocks[n] = take(16 + 10 * n);
    pthread_barrier_wait(&all_are_there);
    for (size_t n = 0; n < SIZES; n++)
        free(blocks[n]);
    return NULL;
}

int main(void)
{
    static pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&all_are_there, NULL, THREADS) == 0);
    long before = rss_bytes();
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, work, NULL) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    long left = rss_bytes() - before;
    name_address("left", (void *)left);
    CHECK(left < THREADS * KEPT_BYTES_EACH);
    return 0;
}
