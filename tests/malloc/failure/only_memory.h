// A filter that allows the memory calls, futex, write and exit, and ends the process at
// anything else.
#ifndef ONLY_MEMORY_H
#define ONLY_MEMORY_H

#include "filters.h"

#define ALLOW(call)                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void allow_only_memory(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(madvise), ALLOW(mremap),
        ALLOW(futex), ALLOW(write), ALLOW(exit), ALLOW(exit_group),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    FILTER_CALLS(filter);
}

#endif
