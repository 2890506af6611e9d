// Threads had 64 MiB of small blocks and have ended: trimming gives it back.
#include "../here.h"

enum { BLOCKS = 100000 };

static void *fill(void *unused)
{
    char **blocks = malloc(BLOCKS * sizeof *blocks);
    CHECK(blocks != NULL);
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(160);
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    free(blocks);
    return unused;
}

int main(void)
{
    pthread_t threads[4];
    in_thread(free_it, NULL);
    long before = rss_bytes();
    for (int n = 0; n < 4; n++)
        CHECK(pthread_create(&threads[n], NULL, fill, NULL) == 0);
    for (int n = 0; n < 4; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    malloc_trim(0);
    CHECK(rss_bytes() <= before + (8 << 20));
    return 0;
}
