// The address where a large block ends.
// expect-stderr: allotment: free({end}): no block starts here; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(1000000), *end = block + 1000000;
    name_address("end", end);
    free(hide(end));
    return 0;
}
