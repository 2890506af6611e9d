// What a program does to its environment does not change the options.
// expect-stderr: allotment: free({block}): double free of a block of 112 bytes; ignored
// env: ALLOTMENT_ON_MISUSE=ignore
#include "../here.h"

int main(void)
{
    char *block = take(100);
    name_address("block", block);
    CHECK(setenv("ALLOTMENT_ON_MISUSE", "abort", 1) == 0);
    free(block);
    free(hide(block));
    return 0;
}
