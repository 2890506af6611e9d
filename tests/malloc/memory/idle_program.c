// `true` takes at most 300 KiB more of memory on this heap than on the C library's. How
// much of a library the kernel maps around a fault varies; so the least of some runs.
// links: shared
// flags: -D_GNU_SOURCE
#include "../here.h"

#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <sys/ptrace.h>

static const char *library;

static int is_the_library(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    if (strstr(info->dlpi_name, "liballotment") != NULL)
        library = info->dlpi_name;
    return library != NULL;
}

// What /bin/true has resident when it is about to exit.
static long resident_at_exit(int with_library)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(with_library ? setenv("LD_PRELOAD", library, 1) == 0 : unsetenv("LD_PRELOAD") == 0);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        execl("/bin/true", "true", (char *)NULL);
        _exit(78);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status))
        SKIP("cannot trace /bin/true here");
    CHECK(ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_TRACEEXIT) == 0);
    CHECK(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
    CHECK(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    char path[64], text[2048] = "";
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)child);
    int from = open(path, O_RDONLY);
    CHECK(from >= 0 && read(from, text, sizeof text - 1) > 0);
    close(from);
    CHECK(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return strtol(strstr(text, "\nRss:") + 5, NULL, 10);
}

int main(void)
{
    CHECK(dl_iterate_phdr(is_the_library, NULL) == 1);
    long with = LONG_MAX, without = LONG_MAX;
    for (int run = 0; run < 20; run++) {
        long now = resident_at_exit(1), then = resident_at_exit(0);
        with = now < with ? now : with;
        without = then < without ? then : without;
    }
    printf("with=%ld KiB without=%ld KiB\n", with, without);
    fflush(stdout);
    CHECK(with <= without + 300);
    return 0;
}
