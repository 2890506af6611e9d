// A program that starts again where large reservations are refused.
#ifndef REFUSALS_H
#define REFUSALS_H

#include "filters.h"

// Lets mmap fail for anything of `bytes` or more.
static void refuse_from(unsigned long bytes)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0, 2, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)bytes, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    FILTER_CALLS(filter);
}

// Starts the program again, in which any mapping of `bytes` or more is refused.
static void start_again_refused_from(unsigned long bytes, int argc, char **argv)
{
    if (argc > 1)
        return;
    refuse_from(bytes);
    execl("/proc/self/exe", argv[0], "refused", (char *)NULL);
    CHECK(!"the program starts again");
}

#endif
