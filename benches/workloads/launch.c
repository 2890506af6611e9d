/* Runs one program and writes down what it took.
 *
 *     launch RECORD INPUT OUTPUT ERRORS SECONDS LIBRARY PROGRAM [ARGUMENT...]
 *
 * RECORD gets one line: the wait status, nanoseconds of wall time, microseconds of user and
 * of system time, peak memory in KiB, minor faults. LIBRARY is preloaded, unless it is "-".
 * After SECONDS the program is killed.
 *
 * A process of its own because Linux counts the memory of the parent at the time of exec
 * to the child's peak: whoever starts the program must be smaller than any program. So
 * this is linked statically where that is possible, and does nothing else. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FAILED = 125 };

static void redirect(const char *path, int flags, int to) {
    int from = open(path, flags, 0666);
    if (from < 0 || dup2(from, to) < 0) _exit(FAILED);
    close(from);
}

static long nanoseconds(const struct timespec *from, const struct timespec *to) {
    return (to->tv_sec - from->tv_sec) * 1000000000L + to->tv_nsec - from->tv_nsec;
}

static long microseconds(const struct timeval *time) {
    return time->tv_sec * 1000000L + time->tv_usec;
}

int main(int count, char **words) {
    if (count < 8) return FAILED;
    int record = open(words[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (record < 0) return FAILED;
    if (words[6][0] != '-') setenv("LD_PRELOAD", words[6], 1);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pid_t child = vfork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        redirect(words[2], O_RDONLY, 0);
        redirect(words[3], O_WRONLY | O_CREAT | O_TRUNC, 1);
        redirect(words[4], O_WRONLY | O_CREAT | O_TRUNC, 2);
        alarm((unsigned)atoi(words[5]));
        execv(words[7], words + 7);
        _exit(FAILED);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) return FAILED;
    clock_gettime(CLOCK_MONOTONIC, &end);
    dprintf(record, "%d %ld %ld %ld %ld %ld\n", status, nanoseconds(&begin, &end),
            microseconds(&used.ru_utime), microseconds(&used.ru_stime), used.ru_maxrss,
            used.ru_minflt);
    return 0;
}
