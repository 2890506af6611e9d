// Twenty threads have full caches and end: all of that is free then, and trimming gives
// it back.
#include "caches.h"

enum { THREADS = 20 };

static pthread_barrier_t together;

static void *fill_and_end(void *unused)
{
    fill_caches();
    pthread_barrier_wait(&together);
    pthread_barrier_wait(&together);
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&together, NULL, THREADS + 1) == 0);
    in_thread(free_it, take(100));
    long before = rss_bytes();
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, fill_and_end, NULL) == 0);
    pthread_barrier_wait(&together);
    CHECK(mallinfo2().fsmblks >= (size_t)THREADS * CACHES_BYTES_MIN);
    pthread_barrier_wait(&together);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    CHECK(mallinfo2().fsmblks < CACHES_BYTES_MIN);
    malloc_trim(0);
    CHECK(rss_bytes() <= before + (8 << 20));
    return 0;
}
