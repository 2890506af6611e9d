// An option set to a word that it does not know is as good as not set.
// expect-stderr: allotment: ALLOTMENT_ON_MISUSE=Ignore makes no sense, and has no effect; set it to abort or ignore
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
// env: ALLOTMENT_ON_MISUSE=Ignore
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    free(block);
    free(hide(block));
    return 0;
}
