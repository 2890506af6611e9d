// Threads count as such while they have a heap, and their blocks wherever they are.
#include "statistics.h"

#include <stdatomic.h>

static pthread_barrier_t there, counted;
static char *blocks[8][500];

static void *allocate(void *own)
{
    for (int n = 0; n < 500; n++)
        ((char **)own)[n] = take(200);
    pthread_barrier_wait(&there);
    pthread_barrier_wait(&counted);
    return NULL;
}

int main(void)
{
    pthread_t threads[8];
    free(take(1));
    CHECK(pthread_barrier_init(&there, NULL, 9) == 0);
    CHECK(pthread_barrier_init(&counted, NULL, 9) == 0);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_create(&threads[n], NULL, allocate, blocks[n]) == 0);
    pthread_barrier_wait(&there);
    fetch();
    CHECK(figure("", "\"threads") == 9 && figure("", "\"heaps") == 9);
    CHECK(figure("{\"block_bytes\": 224", "live") >= 8 * 500);
    pthread_barrier_wait(&counted);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    fetch();
    CHECK(figure("", "\"threads") == 1 && figure("", "\"heaps") == 9);
    CHECK(figure("{\"block_bytes\": 224", "live") >= 8 * 500);
    size_t peak = figure("", "\"peak_live_bytes");
    for (int n = 0; n < 8; n++)
        for (int block = 0; block < 500; block++)
            free(blocks[n][block]);
    fetch();
    CHECK(figure("{\"block_bytes\": 224", "live") < 500);
    CHECK(figure("", "\"peak_live_bytes") == peak && peak >= 8 * 500 * 200);
    return 0;
}
