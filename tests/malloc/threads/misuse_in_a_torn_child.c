// A thread that is not in the child held a lock of the loader's when the process forked:
// what the child says of a foreign pointer does not wait for it.
// flags: -D_GNU_SOURCE
// links: shared
#include "../here.h"

#include <link.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 30, SECONDS_MAX = 20 };

static int look_on(struct dl_phdr_info *info, size_t bytes, void *unused)
{
    (void)info, (void)bytes, (void)unused;
    return 0;
}

static void *look_all_the_time(void *unused)
{
    for (;;)
        dl_iterate_phdr(look_on, NULL);
    return unused;
}

static int foreign;

int main(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, look_all_the_time, NULL) == 0);
    for (int n = 0; n < CHILDREN; n++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(STDERR_FILENO);
            alarm(SECONDS_MAX);
            free(hide(&foreign));
            _exit(0);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
    return 0;
}
