// Handlers of fork that allocate and free in every way, each of the three; and forks
// while other threads do so, too.
#ifndef FORK_HANDLERS_H
#define FORK_HANDLERS_H

#include "../here.h"

#include <stdatomic.h>

static atomic_int done;
static int prepared, in_parent, in_child;
static char *passed_on;

static void allocate_and_free(void)
{
    char *blocks[200];
    for (int n = 0; n < 200; n++)
        blocks[n] = take((size_t)n * 50);
    for (int n = 0; n < 200; n++)
        free(blocks[n]);
    char *block = take(100);
    for (size_t size = 1000; size < 4000000; size *= 3)
        CHECK((block = realloc(block, size)) != NULL);
    free(block);
    free(memalign(4096, 100000));
    CHECK(mallinfo2().arena > 0);
    malloc_trim(0);
    free(passed_on);
    passed_on = take(300);
}

static void prepare(void)
{
    prepared++;
    allocate_and_free();
}

static void parent(void)
{
    in_parent++;
    allocate_and_free();
}

static void child(void)
{
    in_child++;
    allocate_and_free();
}

static void *keep_allocating(void *unused)
{
    while (!atomic_load(&done)) {
        char *block = take(2000), *large = take(1 << 20);
        free(block);
        free(large);
        usleep(200); // there may be fewer processors than threads
    }
    return unused;
}

static inline void fork_and_look(int calls)
{
    pid_t process = fork();
    CHECK(process >= 0);
    CHECK(prepared == calls && in_parent + in_child == calls);
    if (process == 0) {
        alarm(60);
        allocate_and_free();
        in_thread(free_it, take(100));
        _exit(in_child);
    }
    int status;
    CHECK(waitpid(process, &status, 0) == process);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

static inline void fork_again_and_again(void)
{
    pthread_t threads[4];
    alarm(60);
    fork_and_look(1);
    for (int n = 0; n < 4; n++)
        CHECK(pthread_create(&threads[n], NULL, keep_allocating, NULL) == 0);
    for (int n = 2; n < 100; n++)
        fork_and_look(n);
    atomic_store(&done, 1);
    for (int n = 0; n < 4; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
}

#endif
