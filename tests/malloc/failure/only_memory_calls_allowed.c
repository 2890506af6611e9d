// Under a filter that allows the memory calls, futex, write and exit, and ends the
// process at anything else, everything works, in threads that are there already.
#include "only_memory.h"

#include <stdatomic.h>

static void allocate(uint64_t seed)
{
    static const int limits[] = {100, 1000, 30000, 1000000};
    char *blocks[500] = {0};
    for (int step = 0; step < 20000; step++) {
        int n = random_below(&seed, 500);
        size_t size = (size_t)random_below(&seed, limits[random_below(&seed, 4)]);
        if (step % 3 == 0)
            CHECK((blocks[n] = realloc(blocks[n], size + 1)) != NULL);
        else {
            free(blocks[n]);
            CHECK((blocks[n] = malloc(size)) != NULL);
        }
    }
    for (int n = 0; n < 500; n++)
        free(blocks[n]);
    malloc_trim(0);
    CHECK(mallinfo2().arena > 0);
}

static atomic_int filtered, done;

static void *wait_and_allocate(void *unused)
{
    while (!atomic_load(&filtered))
        ;
    allow_only_memory();
    allocate(2);
    atomic_store(&done, 1);
    while (1)
        ;
    return unused;
}

int main(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, wait_and_allocate, NULL) == 0);
    atomic_store(&filtered, 1);
    while (!atomic_load(&done))
        ;
    allow_only_memory();
    allocate(1);
    _exit(0);
}
