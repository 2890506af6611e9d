// A block of a thread that has ended, freed twice by another.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

static void *take_one(void *unused)
{
    return unused == NULL ? take(100) : NULL;
}

int main(void)
{
    char *block = (char *)in_thread(take_one, NULL);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
