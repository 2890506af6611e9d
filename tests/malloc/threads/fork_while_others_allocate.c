// A thousand forks while eight threads allocate and free: each child can do both at
// once, and start threads of its own.
#include "../here.h"

#include <stdatomic.h>

enum { THREADS = 8, FORKS = 1000 };

static atomic_int done;
static char *kept[100];

static void *allocate(void *seed)
{
    uint64_t state = (uintptr_t)seed;
    while (!atomic_load(&done)) {
        char *blocks[30];
        for (int n = 0; n < 30; n++)
            blocks[n] = take((size_t)random_below(&state, n == 0 ? 200000 : 2000));
        for (int n = 0; n < 30; n++)
            free(blocks[n]);
        usleep(200); // there may be fewer processors than threads
    }
    return NULL;
}

static void in_the_child(int fork_number)
{
    alarm(60);
    for (int n = 0; n < 100; n++) {
        CHECK(all_bytes_are(kept[n], 100, n));
        free(kept[n]);
    }
    for (int n = 0; n < 200; n++)
        kept[n % 100] = take((size_t)n * 50);
    for (int n = 0; n < 100; n++)
        free(kept[n]);
    free(take(1 << 20));
    if (fork_number % 50 == 0)
        in_thread(free_it, take(100));
    _exit(3);
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int n = 0; n < 100; n++)
        memset(kept[n] = take(100), n, 100);
    for (uintptr_t n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, allocate, (void *)(n + 1)) == 0);
    for (int n = 0; n < FORKS; n++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            in_the_child(n);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
    atomic_store(&done, 1);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
