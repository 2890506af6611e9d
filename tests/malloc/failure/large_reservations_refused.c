// A system that refuses large reservations, as one without overcommit may: the
// library starts with what it gets.
#include "../here.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

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
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        SKIP("no seccomp filters here");
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        refuse_from(256 << 20);
        execl("/proc/self/exe", argv[0], "refused", (char *)NULL);
        CHECK(!"the program starts again");
    }
    static char *blocks[1000];
    for (size_t size = 10; size < 100000; size *= 3) {
        for (int n = 0; n < 1000; n++)
            blocks[n] = take(size);
        for (int n = 0; n < 1000; n++)
            free(blocks[n]);
    }
    errno = 0;
    CHECK(malloc(hide_size(512 << 20)) == NULL && errno == ENOMEM);
    void *aligned = memalign(1 << 20, 100);
    CHECK(aligned == NULL || (uintptr_t)aligned % (1 << 20) == 0);
    return 0;
}
