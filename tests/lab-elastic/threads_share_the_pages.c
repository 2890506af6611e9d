// Eight threads allocate, fill, check and free: no block is given to two of
// them, and in the end every page is whole.
// flags: -pthread
#include "ealloc.h"
#include "../support/check.h"
#include <pthread.h>

static void *work(void *argument)
{
    int self = (int)(intptr_t)argument;
    uint64_t random = 8 + (uint64_t)self;
    char *blocks[32] = {};
    int sizes[32] = {};
    for (int step = 0; step < 30000; step++) {
        int n = random_below(&random, 32);
        if (blocks[n] != NULL) {
            CHECK(all_bytes_are(blocks[n], (size_t)sizes[n], 32 * self + n));
            dealloc(blocks[n]);
            blocks[n] = NULL;
        } else {
            sizes[n] = 256 * (1 + random_below(&random, 16));
            CHECK((blocks[n] = alloc(sizes[n])) != NULL);
            memset(blocks[n], 32 * self + n, (size_t)sizes[n]);
        }
    }
    for (int n = 0; n < 32; n++)
        dealloc(blocks[n]);
    return NULL;
}

int main(void)
{
    pthread_t threads[8];
    init_alloc();
    for (int n = 0; n < 8; n++)
        CHECK(pthread_create(&threads[n], NULL, work, (void *)(intptr_t)n) == 0);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    long before = vsz_bytes();
    for (int n = 0; n < 50; n++)
        CHECK(alloc(4096) != NULL);
    CHECK(vsz_bytes() == before);
    return 0;
}
