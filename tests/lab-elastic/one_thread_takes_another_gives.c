// One thread only allocates, another only frees what it is handed: the heap
// stays as small as what is under way.
// flags: -pthread
#include "ealloc.h"
#include "../support/check.h"
#include <pthread.h>

static int channel[2];

static void *give(void *argument)
{
    char *block;
    while (read(channel[0], &block, sizeof block) == (ssize_t)sizeof block) {
        CHECK(all_bytes_are(block, 256, (int)((uintptr_t)block >> 8)));
        dealloc(block);
    }
    return argument;
}

int main(void)
{
    pthread_t giver;
    CHECK(pipe(channel) == 0);
    CHECK(pthread_create(&giver, NULL, give, NULL) == 0);
    init_alloc();
    long before = vsz_bytes();
    for (int n = 0; n < 200000; n++) {
        char *block = alloc(256);
        CHECK(block != NULL);
        memset(block, (int)((uintptr_t)block >> 8), 256);
        CHECK(write(channel[1], &block, sizeof block) == (ssize_t)sizeof block);
    }
    // A pipe holds 64 KiB of pointers: 8,192 blocks in 512 pages, and a few more.
    CHECK(vsz_bytes() <= before + 600 * 4096);
    close(channel[1]);
    CHECK(pthread_join(giver, NULL) == 0);
    return 0;
}
