// A handler of fork that forks itself, while the heap is held for the first fork.
#include "../here.h"

static int depth;

static void fork_once(void)
{
    if (depth++ > 0)
        return;
    pid_t process = fork();
    CHECK(process >= 0);
    free(take(1 << 20));
    if (process == 0)
        _exit(3);
    int status;
    CHECK(waitpid(process, &status, 0) == process);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void very_early(void)
{
    CHECK(pthread_atfork(fork_once, NULL, NULL) == 0);
}

__attribute__((section(".preinit_array"), used)) static void (*early)(void) = very_early;

int main(void)
{
    alarm(60);
    free(take(100));
    pid_t process = fork();
    CHECK(process >= 0);
    in_thread(free_it, take(1 << 20));
    if (process == 0)
        _exit(4);
    int status;
    CHECK(waitpid(process, &status, 0) == process);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4);
    CHECK(depth == 2);
    return 0;
}
