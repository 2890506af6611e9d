// Pairs of threads, one of which only allocates and the other only frees: memory
// stays within one and a half times what is live, and 8 MiB, at every moment.
#include "../here.h"

#include "../../support/peak.h"

#include <semaphore.h>

enum { PAIRS = 4, PLACES = 1024, ROUNDS = 300000 };

struct pipe {
    sem_t filled, empty;
    char *places[PLACES];
};

static struct pipe pipes[PAIRS];

static size_t size_of_round(int n)
{
    return 16 + (size_t)n * 7919 % 1009;
}

static void *produce(void *argument)
{
    struct pipe *pipe = argument;
    for (int n = 0; n < ROUNDS; n++) {
        char *block = malloc(size_of_round(n));
        CHECK(block != NULL);
        block[0] = block[size_of_round(n) - 1] = (char)n;
        sem_wait(&pipe->empty);
        pipe->places[n % PLACES] = block;
        sem_post(&pipe->filled);
    }
    return NULL;
}

static void *consume(void *argument)
{
    struct pipe *pipe = argument;
    for (int n = 0; n < ROUNDS; n++) {
        sem_wait(&pipe->filled);
        char *block = pipe->places[n % PLACES];
        CHECK(block[0] == (char)n && block[size_of_round(n) - 1] == (char)n);
        free(block);
        sem_post(&pipe->empty);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2 * PAIRS];
    long before = rss_bytes();
    for (int n = 0; n < PAIRS; n++) {
        CHECK(sem_init(&pipes[n].filled, 0, 0) == 0);
        CHECK(sem_init(&pipes[n].empty, 0, PLACES) == 0);
        CHECK(pthread_create(&threads[2 * n], NULL, produce, &pipes[n]) == 0);
        CHECK(pthread_create(&threads[2 * n + 1], NULL, consume, &pipes[n]) == 0);
    }
    for (int n = 0; n < 2 * PAIRS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    long live = PAIRS * PLACES * 520L; // 16 to 1,024 bytes a block
    CHECK(peak_bytes() - before <= live * 3 / 2 + (8 << 20));
    return 0;
}
