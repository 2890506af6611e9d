// Inside a large block that lies where smaller large blocks were freed.
// expect-stderr: allotment: free({inside}): {offset} bytes inside the block of 4000000 bytes at {block}; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *old[40];
    for (int n = 0; n < 40; n++)
        old[n] = take(100000);
    for (int n = 0; n < 40; n++)
        free(old[n]);
    char *block = take(4000000), *inside = block + 8;
    for (int n = 0; n < 40; n++)
        if (old[n] > block && old[n] < block + 4000000)
            inside = old[n] + 8;
    name_address("block", block);
    name_address("inside", inside);
    put(1, "offset=");
    put_number(1, (unsigned long)(inside - block), 10);
    put(1, "\n");
    free(hide(inside));
    return 0;
}
