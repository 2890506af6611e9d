// In a program with more rights than its user, no option has an effect, and none is
// reported. Neither a file nor a milder judgement is the choice of its user.
// links: archive static
#define _GNU_SOURCE
#include "../here.h"

#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#define NOBODY 65534

static char program[100], file[100], line[4096];

static void copy_to(const char *path)
{
    static char bytes[1 << 16];
    int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_WRONLY | O_CREAT, 0755);
    CHECK(from >= 0 && to >= 0);
    for (ssize_t got; (got = read(from, bytes, sizeof bytes)) > 0;)
        CHECK(write(to, bytes, (size_t)got) == got);
    CHECK(fchown(to, NOBODY, NOBODY) == 0 && fchmod(to, 04755) == 0);
    close(from);
    close(to);
}

// Runs the copy with options; how it ended, and in `line` what it said.
static int run(void)
{
    int ends[2], status;
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        setenv("ALLOTMENT_STATISTICS", file, 1);
        setenv("ALLOTMENT_ON_MISUSE", "ignore", 1);
        setenv("ALLOTMENT_NONSENSE", "1", 1);
        execl(program, program, "set", (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    CHECK(read(ends[0], line, sizeof line - 1) >= 0);
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "set") == 0) {
        if (getauxval(AT_SECURE) == 0)
            return 77;
        char *block = take(100);
        free(block);
        free(hide(block));
        return 1;
    }
    if (geteuid() != 0)
        SKIP("only root can make the program for this");
    snprintf(program, sizeof program, "out/setuid-%d", (int)getpid());
    snprintf(file, sizeof file, "/tmp/setuid-%d.json", (int)getpid());
    copy_to(program);
    int status = run();
    unlink(program);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 99))
        SKIP("setuid has no effect here");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(line, "; aborting\n") != NULL && strstr(line, "NONSENSE") == NULL);
    CHECK(access(file, F_OK) != 0);
    return 0;
}
