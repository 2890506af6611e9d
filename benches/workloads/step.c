/* Counts a program's instructions between its first and its second SIGUSR1, one step at a
 * time. For libraries that valgrind cannot hold: slow, and as exact. Given up after half a
 * minute.
 *
 *     step LIBRARY PROGRAM [ARGUMENT...]
 *
 * LIBRARY is preloaded, unless it is "-". */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 125, SECONDS_MAX = 30 };

/* Lets the program go on in the manner of `how` until it stops; which signal stopped it, or
 * -1 when it has ended. */
static int go_on(pid_t program, enum __ptrace_request how, int signal) {
    int status;
    if (ptrace(how, program, NULL, (void *)(long)signal)) return -1;
    if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) return -1;
    return WSTOPSIG(status);
}

int main(int count, char **words) {
    if (count < 3) return FAILED;
    pid_t program = fork();
    if (program == 0) {
        if (words[1][0] != '-') setenv("LD_PRELOAD", words[1], 1);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(words[2], words + 2);
        _exit(FAILED);
    }
    alarm(SECONDS_MAX);
    int status, signal = 0;
    if (program < 0 || waitpid(program, &status, 0) != program) return FAILED;
    if (!WIFSTOPPED(status)) return FAILED;
    ptrace(PTRACE_SETOPTIONS, program, NULL, PTRACE_O_EXITKILL);
    do {
        signal = go_on(program, PTRACE_CONT, signal == SIGTRAP ? 0 : signal);
        if (signal < 0) return FAILED;
    } while (signal != SIGUSR1);
    long steps = 0;
    for (signal = SIGTRAP; signal != SIGUSR1; steps++) {
        signal = go_on(program, PTRACE_SINGLESTEP, signal == SIGTRAP ? 0 : signal);
        if (signal < 0) return FAILED;
    }
    if (ptrace(PTRACE_CONT, program, NULL, NULL)) return FAILED;
    if (waitpid(program, &status, 0) != program || status != 0) return FAILED;
    printf("%ld\n", steps);
    return 0;
}
