// The heap gives memory back without munmap, which may fail: a filter that ends the
// process at that call changes nothing.
// links: static
#include "filters.h"
#include "work_through_failures.h"

int main(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    FILTER_CALLS(filter);
    work_through_failures();
    CHECK(failures == 0);
    return 0;
}
