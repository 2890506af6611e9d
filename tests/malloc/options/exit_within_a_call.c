// A signal handler that ends the program while its thread is in a call to the heap:
// the program ends, with statistics or with the reason why there are none.
// env: ALLOTMENT_STATISTICS=/dev/null
#include "../here.h"

#include <sys/time.h>

static void leave(int signal)
{
    // A slow path may have been interrupted, and its locks be held.
    close(2);
    exit(signal == SIGALRM ? 0 : 1);
}

static void work(void)
{
    signal(SIGALRM, leave);
    struct itimerval soon = {{0, 0}, {0, 2000}};
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    static char *blocks[1000];
    while (1) {
        for (int n = 0; n < 1000; n++)
            blocks[n] = take(40000);
        for (int n = 0; n < 1000; n++)
            free(blocks[n]);
    }
}

int main(void)
{
    for (int n = 0; n < 20; n++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            work();
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    return 0;
}
