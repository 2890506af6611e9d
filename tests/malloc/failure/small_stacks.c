// Threads with the smallest stack there is, 16 KiB, do everything.
#include "../here.h"

static void *everything(void *unused)
{
    for (size_t size = 1; size < 5000000; size *= 2) {
        char *block = calloc(1, size);
        CHECK(block != NULL);
        CHECK((block = realloc(block, size * 2)) != NULL);
        free(block);
        free(memalign(256, size));
    }
    char *blocks[200];
    for (int n = 0; n < 200; n++)
        blocks[n] = take(200);
    for (int n = 0; n < 200; n++)
        free(blocks[n]);
    struct mallinfo2 info = mallinfo2();
    CHECK(info.arena > 0);
    malloc_trim(0);
    return unused;
}

int main(void)
{
    pthread_attr_t small;
    CHECK(pthread_attr_init(&small) == 0);
    CHECK(pthread_attr_setstacksize(&small, 16 << 10) == 0);
    for (int n = 0; n < 50; n++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, &small, everything, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    return 0;
}
