// A forked child goes on with a copy of the heap; what it does is its own.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    int status;
    CHECK(init_alloc() == 0);
    char *inherited = alloc(64);
    CHECK(inherited != NULL);
    memset(inherited, 0x11, 64);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(all_bytes_are(inherited, 64, 0x11));
        memset(inherited, 0x22, 64);
        dealloc(inherited);
        char *page = alloc(4096);
        CHECK(page != NULL);
        memset(page, 0x33, 4096);
        CHECK(cleanup() == 0);
        CHECK(init_alloc() == 0 && alloc(8) != NULL);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(all_bytes_are(inherited, 64, 0x11));
    CHECK(alloc(4032) != NULL && alloc(8) == NULL);
    CHECK(cleanup() == 0);
    return 0;
}
