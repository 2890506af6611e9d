// The lab's own kind of test: a walk through the heap that prints the VSZ of
// the process at each station, as the system tells it, and checks every value.
#include "ealloc.h"
#include "../support/check.h"

// Prints what `cut` finds, and returns what this process finds itself: system()
// has a small stack mapped for its child, and `cut` may look before it is gone.
static long vsz(const char *when)
{
    char command[128];
    printf("VSZ %s: ", when);
    fflush(stdout);
    snprintf(command, sizeof command, "cut -d' ' -f23 /proc/%d/stat", (int)getpid());
    CHECK(system(command) == 0);
    return vsz_bytes();
}

int main(void)
{
    vsz("once, so that stdio has its buffers");
    long start = vsz("at the start");
    init_alloc();
    if (vsz("after init_alloc, the same") != start)
        return 1;

    char *blocks[16];
    for (int n = 0; n < 16; n++) {
        if ((blocks[n] = alloc(1024)) == NULL)
            return 2;
        snprintf(blocks[n], 1024, "block %d", n);
        if (vsz("one page more with every fourth block") != start + (n / 4 + 1) * PAGESIZE)
            return 3;
    }
    for (int n = 0; n < 16; n++) {
        char expected[32];
        snprintf(expected, sizeof expected, "block %d", n);
        if (strcmp(blocks[n], expected) != 0)
            return 4;
        dealloc(blocks[n]);
    }
    for (int n = 0; n < 4; n++)
        if (alloc(PAGESIZE) == NULL)
            return 5;
    if (vsz("merged, and given out as four pages") != start + 4 * PAGESIZE)
        return 6;
    cleanup();
    if (vsz("after cleanup, back at the start") != start)
        return 7;
    return 0;
}
