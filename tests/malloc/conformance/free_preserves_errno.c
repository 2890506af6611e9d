// free leaves errno alone, in whatever state the heap and the thread are.
#include "../here.h"

static void *free_first(void *block)
{
    errno = 42; // this thread's first call
    free(block);
    CHECK(errno == 42);
    return NULL;
}

int main(void)
{
    for (size_t size = 1; size < 10000000; size = size * 2 + 1) {
        char *block = take(size);
        errno = 42;
        free(block);
        CHECK(errno == 42);
    }
    static char *blocks[20000];
    for (int n = 0; n < 20000; n++)
        blocks[n] = take(50);
    for (int n = 0; n < 20000; n++) {
        errno = n + 1;
        free(blocks[n]);
        CHECK(errno == n + 1);
    }
    errno = 42;
    free(NULL);
    CHECK(errno == 42);
    in_thread(free_first, take(100));
    return 0;
}
