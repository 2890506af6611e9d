// A block freed by one thread and then by another; both have ended by then or end
// now, and neither is its owner.
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
    in_thread(free_it, block);
    in_thread(free_it, hide(block));
    return 0;
}
