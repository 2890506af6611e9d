// A thread's first call is a free, at a time when the C library gets no memory for
// what it keeps for the thread: errno stays as it was.
// links: archive static
#include "../here.h"

#include <sys/resource.h>

static pthread_barrier_t full;

// More keys than a thread has room for: what has a later one, needs memory.
__attribute__((constructor(101))) static void take_the_first_keys(void)
{
    pthread_key_t key;
    for (int n = 0; n < 40; n++)
        CHECK(pthread_key_create(&key, NULL) == 0);
}

static void *free_first(void *block)
{
    pthread_barrier_wait(&full);
    errno = 42;
    free(block);
    CHECK(errno == 42);
    return NULL;
}

int main(void)
{
    struct rlimit limit = {64 << 20, 64 << 20}; // of writable memory
    pthread_t thread;
    CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
    CHECK(pthread_barrier_init(&full, NULL, 2) == 0);
    CHECK(pthread_create(&thread, NULL, free_first, take(100)) == 0);
    for (size_t size = 1 << 20; size >= 16; size /= 2)
        while (hide(malloc(hide_size(size))) != NULL)
            ;
    pthread_barrier_wait(&full);
    CHECK(pthread_join(thread, NULL) == 0);
    return 0;
}
