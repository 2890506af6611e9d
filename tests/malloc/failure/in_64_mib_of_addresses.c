// With 64 MiB of address space the library starts, hands out most of it, says
// ENOMEM at the limit, and works again after frees.
// links: shared archive static
#include "../here.h"

#include <sys/resource.h>

static char *blocks[1 << 20];

static void fill_and_empty(size_t size)
{
    size_t count = 0;
    errno = 0;
    while ((blocks[count] = malloc(size)) != NULL)
        memset(blocks[count++], 1, size < 64 ? size : 64);
    CHECK(errno == ENOMEM);
    CHECK(count * size >= 8 << 20);
    // At the limit, what is there can still be freed, and be used again.
    for (size_t n = 0; n < count; n += 2)
        free(blocks[n]);
    for (size_t n = 0; n < count; n += 2)
        CHECK((blocks[n] = malloc(size)) != NULL);
    for (size_t n = 0; n < count; n++)
        free(blocks[n]);
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        struct rlimit limit = {64 << 20, 64 << 20};
        CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
        execl("/proc/self/exe", argv[0], "limited", (char *)NULL);
        CHECK(!"the program starts again");
    }
    for (int round = 0; round < 3; round++) {
        fill_and_empty(1000);
        fill_and_empty(64);
        fill_and_empty(100000);
        fill_and_empty(30000);
    }
    return 0;
}
