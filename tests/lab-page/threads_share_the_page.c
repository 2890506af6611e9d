// Eight threads allocate, fill, check and free on the one page: no block is
// given to two of them, and in the end the page is whole.
// flags: -pthread
#include "alloc.h"
#include "../support/check.h"
#include <pthread.h>

static void *work(void *argument)
{
    int self = (int)(intptr_t)argument;
    uint64_t random = 7 + (uint64_t)self;
    char *blocks[16] = {};
    int sizes[16] = {};
    for (int step = 0; step < 30000; step++) {
        int n = random_below(&random, 16);
        if (blocks[n] != NULL) {
            CHECK(all_bytes_are(blocks[n], (size_t)sizes[n], 16 * self + n));
            dealloc(blocks[n]);
            blocks[n] = NULL;
        } else {
            sizes[n] = 8 * (1 + random_below(&random, 8));
            if ((blocks[n] = alloc(sizes[n])) != NULL)
                memset(blocks[n], 16 * self + n, (size_t)sizes[n]);
        }
    }
    for (int n = 0; n < 16; n++)
        dealloc(blocks[n]);
    return NULL;
}

int main(void)
{
    pthread_t threads[8];
    CHECK(init_alloc() == 0);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_create(&threads[n], NULL, work, (void *)(intptr_t)n) == 0);
    for (int n = 0; n < 8; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    CHECK(alloc(4096) != NULL);
    return 0;
}
