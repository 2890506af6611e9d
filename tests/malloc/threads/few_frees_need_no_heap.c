// A thread that has not allocated, and frees a little, has no heap of its own; one that
// goes on freeing gets one. Either way the memory is free, and can be used again.
#include "../options/statistics.h"

static const size_t sizes[] = {100, 100000, 1000000}; // of a slab, a run, a large block

static void *free_some(void *blocks)
{
    for (int n = 0; n < 30; n++)
        free(((char **)blocks)[n]);
    fetch();
    CHECK(figure("", "\"threads") == 1);
    return NULL;
}

static void *free_many(void *blocks)
{
    for (int n = 0; n < 100; n++)
        free(((char **)blocks)[n]);
    fetch();
    CHECK(figure("", "\"threads") == 2);
    return NULL;
}

int main(void)
{
    char *blocks[100];
    free(take(1));
    for (int round = 0; round < 20; round++) {
        for (int n = 0; n < 100; n++)
            blocks[n] = take(sizes[round % 3]);
        for (int n = 0; n < 60; n += 30)
            in_thread(free_some, blocks + n);
        for (int n = 0; n < 60; n++)
            blocks[n] = take(sizes[round % 3]);
        in_thread(free_many, blocks);
        fetch();
        CHECK(figure("", "\"threads") == 1 && figure("", "\"heaps") == 2);
        CHECK(figure("\"live", "bytes") < 100000);
    }
    return 0;
}
