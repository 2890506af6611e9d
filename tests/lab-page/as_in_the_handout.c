// The lab's own kind of test: a walk through the heap that prints the VSZ of
// the process at each station, as the system tells it, and checks every value.
#include "alloc.h"
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
    if (init_alloc())
        return 1;
    long ready = vsz("after init_alloc, one page more");
    if (ready != start + PAGESIZE)
        return 2;

    char *text = alloc(64);
    char *numbers = alloc(1024);
    if (text == NULL || numbers == NULL)
        return 3;
    strcpy(text, "hello, page");
    memset(numbers, 'x', 1024);
    printf("%s\n", text);
    if (strcmp(text, "hello, page") != 0 || numbers[1023] != 'x')
        return 4;
    dealloc(text);
    dealloc(numbers);
    if (alloc(PAGESIZE) == NULL || alloc(MINALLOC) != NULL)
        return 5;
    if (vsz("with the page given out") != ready)
        return 6;
    if (cleanup())
        return 7;
    if (vsz("after cleanup, back at the start") != start)
        return 8;
    return 0;
}
