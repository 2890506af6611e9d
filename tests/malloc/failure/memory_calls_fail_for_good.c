// From some moment on mmap, mprotect, madvise and mremap fail, alone and together, in
// every call: what is there keeps its contents, can be freed, and is used again; for the
// rest there is NULL and ENOMEM.
#include "filters.h"

enum { BLOCKS = 400, STEPS = 3000, CALLS = 4 };

static unsigned char *blocks[BLOCKS];
static size_t sizes[BLOCKS];
static int refusals;

#define REFUSE(call, which) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, \
                 (which) ? SECCOMP_RET_ERRNO | ENOMEM : SECCOMP_RET_ALLOW)

static void refuse(int calls)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE(mmap, calls & 1), REFUSE(mprotect, calls & 2), REFUSE(madvise, calls & 4),
        REFUSE(mremap, calls & 8), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    FILTER_CALLS(filter);
}

static size_t some_size(uint64_t *seed)
{
    int kind = random_below(seed, 100);
    return 1 + (size_t)random_below(seed, kind == 0 ? 8000000 : kind < 10 ? 300000 : 3000);
}

// Block `n` anew, with `size` bytes; what fits of the old contents is there still.
static void make(int n, size_t size, uint64_t *seed)
{
    size_t had = sizes[n] < size ? sizes[n] : size;
    unsigned char *block;
    errno = 0;
    if (blocks[n] != NULL || random_below(seed, 4) == 0) {
        block = realloc(blocks[n], size);
    } else if (random_below(seed, 3) == 0) {
        block = memalign(4096, size);
    } else {
        block = calloc(1, size);
        CHECK(block == NULL || all_bytes_are((char *)block, size, 0));
    }
    if (block == NULL) {
        CHECK(errno == ENOMEM);
        refusals++;
        return;
    }
    CHECK(all_bytes_are((char *)block, had, n));
    memset(block, n, size);
    blocks[n] = block;
    sizes[n] = size;
}

static void work(uint64_t seed)
{
    for (int step = 0; step < STEPS; step++) {
        int n = random_below(&seed, BLOCKS);
        if (blocks[n] == NULL || random_below(&seed, 2)) {
            make(n, some_size(&seed), &seed);
        } else {
            CHECK(all_bytes_are((char *)blocks[n], sizes[n], n));
            errno = 42;
            free(blocks[n]);
            CHECK(errno == 42);
            blocks[n] = NULL;
            sizes[n] = 0;
        }
        if (step % 1000 == 0)
            malloc_trim(0);
    }
    for (int n = 0; n < BLOCKS; n++)
        CHECK(all_bytes_are((char *)blocks[n], sizes[n], n));
}

static void *work_in_a_thread(void *unused)
{
    work(3);
    return unused;
}

int main(void)
{
    work(1);
    for (int calls = 0; calls < 1 << CALLS; calls++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            refuse(calls);
            work(2);
            CHECK(refusals == 0 || calls & 2);
            if ((calls & 3) == 0) // a thread's stack is a mapping
                in_thread(work_in_a_thread, NULL);
            for (int n = 0; n < BLOCKS; n++)
                free(blocks[n]);
            CHECK(mallinfo2().hblks == 0);
            _exit(3);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
    return 0;
}
