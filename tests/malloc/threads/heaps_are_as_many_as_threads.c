// Threads come and go while others tend what those before have left: there are not many
// more heaps than there were threads at a time.
// env: ALLOTMENT_DECAY_MS=0
#include "../options/statistics.h"

enum { THREADS = 8, ROUNDS = 8000, HEAPS_MAX = 32 };

static void *live_and_end(void *unused)
{
    (void)unused;
    char *some[40];
    for (int n = 0; n < 40; n++)
        some[n] = take((size_t)n * 700 + 16);
    for (int n = 0; n < 40; n++)
        free(some[n]);
    return NULL;
}

static void *spawn(void *unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS / THREADS; round++)
        in_thread(live_and_end, NULL);
    return NULL;
}

int main(void)
{
    pthread_t spawners[THREADS];
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&spawners[n], NULL, spawn, NULL) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(spawners[n], NULL) == 0);
    fetch();
    size_t count = figure("", "\"heaps");
    name_address("heaps", (void *)(uintptr_t)count);
    CHECK(count <= HEAPS_MAX);
    return 0;
}
