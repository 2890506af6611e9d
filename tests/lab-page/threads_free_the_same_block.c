// Two threads free the same block at the same moment: it is freed once, and the
// other one is told so.
// flags: -pthread
// expect-stderr: allotment: dealloc({block}): this block was freed already; nothing was freed
#include "alloc.h"
#include "../support/check.h"
#include <pthread.h>

static pthread_barrier_t barrier;
static char *block;

static void *free_it(void *argument)
{
    pthread_barrier_wait(&barrier);
    dealloc(block);
    return argument;
}

int main(void)
{
    pthread_t other;
    CHECK(init_alloc() == 0);
    block = alloc(64);
    CHECK(block != NULL);
    name_address("block", block);
    pthread_barrier_init(&barrier, NULL, 2);
    CHECK(pthread_create(&other, NULL, free_it, NULL) == 0);
    free_it(NULL);
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(alloc(4096) != NULL);
    return 0;
}
