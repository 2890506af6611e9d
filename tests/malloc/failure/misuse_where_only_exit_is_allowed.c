// Where the calls that send a signal are refused, and the one that ends all threads, a
// misuse is reported all the same, and ends the process.
// expect-stderr: allotment: free({p}): double free of a block of 112 bytes; aborting
// expect-exit: 134
#include "filters.h"

#define ALLOW(call)                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int main(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(madvise), ALLOW(mremap),
        ALLOW(futex), ALLOW(write), ALLOW(exit),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    char *block = (char *)hide(malloc(hide_size(100)));
    name_address("p", block);
    fflush(stdout);
    FILTER_CALLS(filter);
    free(block);
    free(hide(block));
    return 0;
}
