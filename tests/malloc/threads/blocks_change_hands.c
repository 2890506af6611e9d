// Eight threads exchange blocks of all sizes at random, reallocate and free each
// other's: every block keeps its contents.
#include "../here.h"

#include <stdatomic.h>

enum { THREADS = 8, PLACES = 2000, STEPS = 100000 };

struct block {
    size_t size;
    unsigned char filling;
    unsigned char bytes[];
};

static _Atomic(struct block *) places[PLACES];

static struct block *make(struct block *old, uint64_t *state)
{
    static const int limits[] = {64, 512, 4096, 100000};
    size_t size = (size_t)random_below(state, limits[random_below(state, 20) ? 1 : 3]);
    struct block *block = realloc(old, sizeof *block + size);
    CHECK(block != NULL);
    block->size = size;
    block->filling = (unsigned char)next_random(state);
    memset(block->bytes, block->filling, size);
    return block;
}

static void *exchange(void *seed)
{
    uint64_t state = (uintptr_t)seed;
    for (int step = 0; step < STEPS; step++) {
        struct block *mine = make(NULL, &state);
        struct block *other = atomic_exchange(&places[random_below(&state, PLACES)], mine);
        if (other == NULL)
            continue;
        CHECK(all_bytes_are((char *)other->bytes, other->size, other->filling));
        if (random_below(&state, 4) == 0)
            other = make(other, &state);
        free(other);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, exchange, (void *)(n + 1)) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    for (int n = 0; n < PLACES; n++)
        free(atomic_load(&places[n]));
    return 0;
}
