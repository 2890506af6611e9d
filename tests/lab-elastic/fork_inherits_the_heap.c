// A forked child goes on with a copy of the heap; what it does is its own.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    int status;
    init_alloc();
    char *inherited = alloc(2048);
    CHECK(inherited != NULL);
    memset(inherited, 0x11, 2048);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        long before = vsz_bytes();
        CHECK(all_bytes_are(inherited, 2048, 0x11));
        memset(inherited, 0x22, 2048);
        dealloc(inherited);
        CHECK(alloc(4096) == inherited || alloc(2048) != NULL);
        CHECK(vsz_bytes() == before);
        for (int n = 0; n < 100; n++)
            CHECK(alloc(4096) != NULL);
        cleanup();
        CHECK(vsz_bytes() == before - 4096);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(all_bytes_are(inherited, 2048, 0x11));
    long one_page = vsz_bytes();
    CHECK(alloc(2048) != NULL && vsz_bytes() == one_page);
    return 0;
}
