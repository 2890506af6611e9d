// A program opens the library and closes it while a thread has a heap of it and while
// blocks are live. The thread ends, the process forks, and the blocks can be used.
// links: shared
// flags: -D_GNU_SOURCE -ldl
#include "../here.h"

#include <dlfcn.h>
#include <link.h>

static pthread_barrier_t turn;
static void *(*allocate)(size_t);

static void *use(void *unused)
{
    char *block = (char *)allocate(100);
    CHECK(block != NULL);
    memset(block, 1, 100);
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    CHECK(all_bytes_are(block, 100, 1));
    return unused;
}

static int of_the_library(struct dl_phdr_info *info, size_t size, void *path)
{
    (void)size;
    if (strstr(info->dlpi_name, "liballotment") != NULL)
        *(const char **)path = info->dlpi_name;
    return *(const char **)path != NULL;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : NULL;
    if (argc == 1) {
        CHECK(dl_iterate_phdr(of_the_library, &path) == 1);
        CHECK(unsetenv("LD_PRELOAD") == 0);
        execl("/proc/self/exe", argv[0], path, (char *)NULL);
        CHECK(!"the program starts again");
    }
    CHECK(pthread_barrier_init(&turn, NULL, 2) == 0);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    void *found = dlsym(library, "malloc");
    CHECK(found != NULL);
    memcpy(&allocate, &found, sizeof found);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, use, NULL) == 0);
    pthread_barrier_wait(&turn);
    CHECK(dlclose(library) == 0);
    pthread_barrier_wait(&turn);
    CHECK(pthread_join(thread, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(3);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    return 0;
}
