// A program that starts with every file descriptor closed, and cannot open any.
#include "../here.h"

#include <sys/resource.h>

int main(int argc, char **argv)
{
    if (argc == 1) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            for (int n = 0; n < 100; n++)
                close(n);
            execl("/proc/self/exe", argv[0], "closed", (char *)NULL);
            _exit(2);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        return 0;
    }
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_NOFILE, &none);
    for (size_t size = 1; size < 10000000; size *= 3)
        free(take(size));
    in_thread(free_it, take(100));
    malloc_stats(); // writes to a descriptor that is closed
    return 0;
}
