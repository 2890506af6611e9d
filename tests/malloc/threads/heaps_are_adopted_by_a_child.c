// A forked child has its parent's heaps without their threads: its own threads take
// them, and need no new ones.
#include "../options/statistics.h"

enum { THREADS = 8 };

static pthread_barrier_t together;

static void *have_a_heap(void *unused)
{
    free(take(100));
    pthread_barrier_wait(&together);
    pthread_barrier_wait(&together);
    return unused;
}

static size_t now(const char *what)
{
    fetch();
    return figure("\"schema", what);
}

// How many heaps there are when so many threads have one.
static size_t heaps_of_threads(pthread_t threads[])
{
    CHECK(pthread_barrier_init(&together, NULL, THREADS + 1) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, have_a_heap, NULL) == 0);
    pthread_barrier_wait(&together);
    size_t heaps = now("heaps");
    CHECK(heaps > THREADS);
    return heaps;
}

int main(void)
{
    pthread_t threads[THREADS];
    size_t heaps = heaps_of_threads(threads);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(now("heaps") == heaps && now("threads") == 1);
        CHECK(heaps_of_threads(threads) == heaps);
        _exit(3);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    pthread_barrier_wait(&together);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
