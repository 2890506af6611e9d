// Threads end by pthread_exit, by cancellation, detached; the main thread ends
// before the others do. All of them allocate to the last.
#include "../here.h"

#include <semaphore.h>

static sem_t over;

static void clean_up(void *block)
{
    free(block);
    free(take(100));
    sem_post(&over);
}

static void *exits(void *block)
{
    pthread_cleanup_push(clean_up, block);
    pthread_exit(NULL);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *is_cancelled(void *block)
{
    pthread_cleanup_push(clean_up, block);
    for (;;) {
        free(take(1000));
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *outlives_main(void *main_thread)
{
    CHECK(pthread_join(*(pthread_t *)main_thread, NULL) == 0);
    for (int n = 0; n < 1000; n++)
        free(take((size_t)n));
    exit(0);
}

int main(void)
{
    static pthread_t me;
    pthread_t thread;
    pthread_attr_t detached;
    CHECK(sem_init(&over, 0, 0) == 0);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    for (int n = 0; n < 100; n++) {
        in_thread(exits, take(50));
        CHECK(pthread_create(&thread, NULL, is_cancelled, take(50)) == 0);
        CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
        CHECK(pthread_create(&thread, &detached, exits, take(50)) == 0);
    }
    // A thread that is cancelled before it begins has nothing to clean up.
    for (int n = 0; n < 200; n++)
        sem_wait(&over);
    me = pthread_self();
    CHECK(pthread_create(&thread, NULL, outlives_main, &me) == 0);
    pthread_exit(NULL);
}
