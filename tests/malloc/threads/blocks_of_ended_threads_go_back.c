// Forty threads allocate, all at once, and end; what they left is freed by another
// thread. Trimming gives the memory back, though the owners are gone.
#include "../here.h"

enum { THREADS = 40, BLOCKS = 10000, LARGE = 4 };

static char *blocks[THREADS][BLOCKS], *large[THREADS][LARGE];
static pthread_barrier_t together;

static void *allocate(void *number)
{
    uintptr_t me = (uintptr_t)number;
    for (int n = 0; n < BLOCKS; n++)
        blocks[me][n] = take(150);
    for (int n = 0; n < LARGE; n++)
        large[me][n] = take(300000);
    pthread_barrier_wait(&together);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    memset(blocks, 1, sizeof blocks);
    CHECK(pthread_barrier_init(&together, NULL, THREADS) == 0);
    in_thread(free_it, take(100));
    long before = rss_bytes();
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, allocate, (void *)n) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    CHECK(rss_bytes() >= before + (80 << 20));
    for (int n = 0; n < THREADS; n++) {
        for (int one = 0; one < BLOCKS; one++)
            free(blocks[n][one]);
        for (int one = 0; one < LARGE; one++)
            free(large[n][one]);
    }
    malloc_trim(0);
    CHECK(rss_bytes() <= before + (8 << 20));
    return 0;
}
