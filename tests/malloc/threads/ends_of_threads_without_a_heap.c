// Threads that never allocate. The C library frees what it kept for those that ended
// before, in threads that end: two thousand of them leave no heap behind.
#include "../options/statistics.h"

enum { THREADS = 50, ROUNDS = 40 };

static pthread_barrier_t all_run;

static void *only_run(void *unused)
{
    pthread_barrier_wait(&all_run);
    return unused;
}

int main(void)
{
    pthread_attr_t detached;
    free(take(1));
    CHECK(pthread_attr_init(&detached) == 0);
    CHECK(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
    CHECK(pthread_barrier_init(&all_run, NULL, THREADS + 1) == 0);
    for (int round = 0; round < ROUNDS; round++) {
        for (int n = 0; n < THREADS; n++) {
            pthread_t thread;
            CHECK(pthread_create(&thread, &detached, only_run, NULL) == 0);
        }
        pthread_barrier_wait(&all_run);
        usleep(3000); // so that most of them end
    }
    fetch();
    CHECK(figure("", "\"heaps") <= 2 * THREADS);
    return 0;
}
