// ALLOTMENT_STATISTICS names a file that is written when the program exits, by the
// name that it had at the start, with the process's number in it; not when it ends
// by _exit.
#include "statistics.h"

#include <stdio.h>

static char file[100], name[200];

static pid_t run(const char *how, const char *self)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        setenv("ALLOTMENT_STATISTICS", name, 1);
        execl(self, self, how, (char *)NULL);
        _exit(99);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return child;
}

// As the statistics of the child; empty if there are none.
static int find(pid_t child)
{
    snprintf(file, sizeof file, "out/at-exit-%d-%d.json", (int)getpid(), (int)child);
    int from = open(file, O_RDONLY);
    if (from < 0)
        return 0;
    ssize_t got = read(from, statistics, sizeof statistics - 1);
    CHECK(got > 0 && close(from) == 0 && unlink(file) == 0);
    statistics[got] = '\0';
    return 1;
}

static int be_run(const char *how)
{
    if (take(5000000) == NULL)
        return 1;
    if (strcmp(how, "_exit") == 0)
        _exit(0);
    if (strcmp(how, "title") == 0) {
        char *variable = getenv("ALLOTMENT_STATISTICS");
        memset(variable, 'x', strlen(variable));
    }
    if (strcmp(how, "closed") == 0)
        for (int n = 0; n < 100; n++)
            close(n);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 2)
        return be_run(arguments[1]);
    snprintf(name, sizeof name, "out/at-exit-%d-%%p.json", (int)getpid());
    const char *ways[] = {"return", "title", "closed"};
    for (int n = 0; n < 3; n++) {
        pid_t child = run(ways[n], arguments[0]);
        CHECK(find(child));
        CHECK(figure("", "\"pid") == (size_t)child);
        CHECK(figure("\"large", "bytes") == 5000000);
        CHECK(statistics[strlen(statistics) - 2] == '}');
    }
    CHECK(!find(run("_exit", arguments[0])));
    return 0;
}
