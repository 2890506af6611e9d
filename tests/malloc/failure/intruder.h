// A kernel that has made room already when it refuses a new mapping in the place of an
// old one; and what another thread then maps there.
#ifndef INTRUDER_H
#define INTRUDER_H

#define _GNU_SOURCE // names of registers
#include "filters.h"
#include "moved.h"

#include "../../support/maps.h"

#include <ucontext.h>

#if defined __x86_64__
static const int registers[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10};
#define ARGUMENT(context, n) ((context)->uc_mcontext.gregs[registers[n]])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined __aarch64__
#define ARGUMENT(context, n) ((context)->uc_mcontext.regs[n])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#endif

enum { UNIT = 64 << 10, INTRUDERS_MAX = 16, NOT_ARMED = -1 };

// A file number of nothing, in 32 bits: passes the filter. The heap's has 64.
#define NO_FILE 0xffffffffL

static struct {
    char *at;
    size_t size;
} intruders[INTRUDERS_MAX];
static volatile int intruder_count;
// So many more such mappings are made before one is refused, of those that begin here.
static volatile int calls_left = NOT_ARMED;
static char *volatile from, *volatile to;
// Whether the intruder is as long as what was there, or lies in the middle of it.
static volatile int intrudes_on_all;

static void refuse_or_map(int signal, siginfo_t *info, void *with)
{
    (void)signal, (void)info;
    ucontext_t *context = with;
    char *at = (char *)ARGUMENT(context, 0);
    size_t size = (size_t)ARGUMENT(context, 1);
    int counts = from <= at && at < to;
    if (calls_left != 0 || !counts) {
        calls_left -= counts && calls_left > 0;
        long got = syscall(SYS_mmap, at, size, ARGUMENT(context, 2), ARGUMENT(context, 3),
                           NO_FILE, 0);
        RESULT(context) = got == -1 ? -errno : got;
        return;
    }
    calls_left = NOT_ARMED;
    CHECK(munmap(at, size) == 0 && intruder_count < INTRUDERS_MAX);
    if (!intrudes_on_all)
        at += size / 2 / UNIT * UNIT, size = size > UNIT ? UNIT : UNIT / 2;
    CHECK(mmap(at, size, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
    memset(at, 0x77, size);
    CHECK(mprotect(at, size, PROT_READ) == 0);
    intruders[intruder_count].at = at;
    intruders[intruder_count].size = size;
    intruder_count++;
    RESULT(context) = -ENOMEM;
}

static inline void filter_new_mappings(void)
{
    struct sigaction action = {.sa_sigaction = refuse_or_map, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGSYS, &action, NULL) == 0);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_FIXED, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[4]) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    FILTER_CALLS(filter);
}

// Whether what was mapped in between is as its owner left it.
static inline void check_intruders(void)
{
    for (int n = 0; n < intruder_count; n++) {
        char *at = intruders[n].at;
        CHECK(all_bytes_are(at, intruders[n].size, 0x77));
        CHECK(strncmp(maps_entry(at), "r--p", 4) == 0);
        CHECK(strncmp(maps_entry(at + intruders[n].size - 1), "r--p", 4) == 0);
    }
}

// Takes, writes, frees and purges more than is free anywhere below; the intruders must
// not notice.
static inline void use_all_that_is_free(void)
{
    static char *blocks[1000];
    static const size_t sizes[] = {20 * MIB, 2 * MIB, 600 << 10, 60 << 10, 10000};
    check_intruders();
    for (int round = 0; round < 2; round++) {
        int count = 0;
        for (int kind = 0; kind < 5; kind++)
            for (int n = 0; n < 4 << kind; n++)
                blocks[count++] = take(sizes[kind]);
        check_intruders();
        while (count > 0)
            free(blocks[--count]);
        malloc_trim(0);
        check_intruders();
    }
}

// The next mapping in the place of another is refused that begins in these bytes, but for
// `calls` before it.
static inline void intrude_after(int calls, char *block, size_t size, int on_all)
{
    calls_left = calls;
    from = block;
    to = block + size;
    intrudes_on_all = on_all;
}

static inline int has_intruded(void)
{
    int has = calls_left == NOT_ARMED;
    calls_left = NOT_ARMED;
    return has;
}

#endif
