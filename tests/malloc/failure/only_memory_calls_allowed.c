// Under a filter that allows the memory calls, futex, write and exit, and ends the
// process at anything else, everything works, in threads that are there already.
#include "filters.h"

#include <stdatomic.h>

#define ALLOW(call)                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void allow_only_memory(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(madvise), ALLOW(mremap),
        ALLOW(futex), ALLOW(write), ALLOW(exit), ALLOW(exit_group), ALLOW(rt_sigreturn),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    FILTER_CALLS(filter);
}

static void allocate(uint64_t seed)
{
    static const int limits[] = {100, 1000, 30000, 1000000};
    char *blocks[500] = {0};
    for (int step = 0; step < 20000; step++) {
        int n = random_below(&seed, 500);
        size_t size = (size_t)random_below(&seed, limits[random_below(&seed, 4)]);
        if (step % 3 == 0)
            CHECK((blocks[n] = realloc(blocks[n], size + 1)) != NULL);
        else {
            free(blocks[n]);
            CHECK((blocks[n] = malloc(size)) != NULL);
        }
    }
    for (int n = 0; n < 500; n++)
        free(blocks[n]);
    malloc_trim(0);
}

static atomic_int filtered, done;

static void *wait_and_allocate(void *unused)
{
    while (!atomic_load(&filtered))
        ;
    allow_only_memory();
    allocate(2);
    atomic_store(&done, 1);
    while (1)
        ;
    return unused;
}

int main(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, wait_and_allocate, NULL) == 0);
    atomic_store(&filtered, 1);
    while (!atomic_load(&done))
        ;
    allow_only_memory();
    allocate(1);
    _exit(0);
}
