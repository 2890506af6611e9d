// Eight threads have full caches, and go on with other things: what they do not use
// goes back.
#include "caches.h"

#include <stdatomic.h>

enum { THREADS = 8 };

static pthread_barrier_t full;
static atomic_int done;

static void *fill_and_go_on(void *unused)
{
    fill_caches();
    pthread_barrier_wait(&full);
    while (!atomic_load(&done)) {
        free(take(1 << 20));
        usleep(50000);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&full, NULL, THREADS + 1) == 0);
    in_thread(free_it, take(100));
    long before = rss_bytes();
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, fill_and_go_on, NULL) == 0);
    pthread_barrier_wait(&full);
    CHECK(rss_bytes() >= before + THREADS * CACHES_BYTES_MIN);
    // The blocks that come and go are dirty for a moment, each in its turn.
    for (int tenth = 0; rss_bytes() > before + (THREADS << 20) + (8 << 20); tenth++) {
        CHECK(tenth < 100);
        usleep(100000);
    }
    atomic_store(&done, 1);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
