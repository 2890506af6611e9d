// Four threads fork at the same time, and their children fork again.
#include "../here.h"

static void *fork_often(void *seed)
{
    for (int n = 0; n < 60; n++) {
        char *block = take(100 + (size_t)n);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            alarm(60);
            free(block);
            pid_t grandchild = fork();
            if (grandchild == 0) {
                free(take(50000));
                _exit(4);
            }
            int status;
            CHECK(waitpid(grandchild, &status, 0) == grandchild && WEXITSTATUS(status) == 4);
            _exit(3);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
        free(block);
    }
    return seed;
}

int main(void)
{
    pthread_t threads[4];
    for (int n = 0; n < 4; n++)
        CHECK(pthread_create(&threads[n], NULL, fork_often, NULL) == 0);
    for (int n = 0; n < 4; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);
    return 0;
}
