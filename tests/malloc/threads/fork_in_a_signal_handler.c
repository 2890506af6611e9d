// The handler of a signal forks, and interrupts the one thread wherever it is in the heap:
// nothing hangs, and both go on.
#include "../here.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 300, BLOCKS = 20000 };

static volatile sig_atomic_t forks;
static volatile sig_atomic_t bad;

static void fork_once(int unused)
{
    (void)unused;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        bad = 1;
    forks = forks + 1;
}

int main(void)
{
    static char *blocks[BLOCKS];
    uint64_t seed = 1;
    CHECK(signal(SIGALRM, fork_once) != SIG_ERR);
    struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (forks < FORKS) {
        int n = (int)random_below(&seed, BLOCKS);
        free(blocks[n]);
        blocks[n] = (char *)hide(malloc((size_t)random_below(&seed, 20000)));
        CHECK(blocks[n] != NULL);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(!bad);
    return 0;
}
