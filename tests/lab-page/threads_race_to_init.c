// Of eight threads that call init_alloc at once exactly one succeeds, and of
// eight that call cleanup at once exactly one.
// flags: -pthread
#include "alloc.h"
#include "../support/check.h"
#include <pthread.h>

static pthread_barrier_t barrier;
static int started, ended;

static void *race(void *argument)
{
    for (int round = 0; round < 500; round++) {
        pthread_barrier_wait(&barrier);
        if (init_alloc() == 0)
            __atomic_add_fetch(&started, 1, __ATOMIC_RELAXED);
        pthread_barrier_wait(&barrier);
        if (cleanup() == 0)
            __atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
        pthread_barrier_wait(&barrier);
        CHECK(started == round + 1 && ended == round + 1);
    }
    return argument;
}

int main(void)
{
    pthread_t threads[8];
    pthread_barrier_init(&barrier, NULL, 8);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_create(&threads[n], NULL, race, NULL) == 0);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    CHECK(alloc(8) == NULL);
    return 0;
}
