// A filter of system calls for the rest of the process.
#ifndef FILTERS_H
#define FILTERS_H

#include "../here.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define FILTER_CALLS(filter) filter_calls(filter, sizeof(filter) / sizeof *(filter))

static void filter_calls(struct sock_filter *filter, unsigned short steps)
{
    struct sock_fprog program = {steps, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        SKIP("no seccomp filters here");
}

#endif
