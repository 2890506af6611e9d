// Where large reservations are refused, the land and the books are extended piece by
// piece, and the statistics count the addresses of all pieces to the byte.
// links: shared archive static
#include "../options/statistics.h"
#include "refusals.h"

enum { THREADS = 100, STACK_BYTES = 64 << 10 };

static char stacks[THREADS][STACK_BYTES] __attribute__((aligned(4096)));
static pthread_barrier_t all;

// Each takes a heap of its own, out of the books.
static void *allocate(void *unused)
{
    free(take(100));
    pthread_barrier_wait(&all);
    pthread_barrier_wait(&all);
    return unused;
}

int main(int argc, char **argv)
{
    start_again_refused_from(16 << 20, argc, argv);
    free(take(100));
    fetch();
    long vsz = vsz_bytes();
    size_t mapped = figure("", "\"mapped_bytes");
    CHECK(pthread_barrier_init(&all, NULL, THREADS + 1) == 0);
    pthread_t threads[THREADS];
    for (int n = 0; n < THREADS; n++) {
        pthread_attr_t own;
        CHECK(pthread_attr_init(&own) == 0);
        CHECK(pthread_attr_setstack(&own, stacks[n], STACK_BYTES) == 0);
        CHECK(pthread_create(&threads[n], &own, allocate, NULL) == 0);
    }
    pthread_barrier_wait(&all);
    for (int n = 0; n < 100; n++)
        take(1000000);
    fetch();
    CHECK(vsz_bytes() - vsz >= 100 << 20);
    CHECK(figure("", "\"mapped_bytes") - mapped == (size_t)(vsz_bytes() - vsz));
    pthread_barrier_wait(&all);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
