// The name by which the program was called.
// expect-stderr: allotment: free({p}): not a block of this heap, but an argument or a variable of the environment; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(int count, char **arguments)
{
    free(take(1));
    CHECK(count > 0);
    name_address("p", arguments[0]);
    free(hide(arguments[0]));
    return 0;
}
