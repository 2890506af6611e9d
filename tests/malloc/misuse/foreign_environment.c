// A string of the environment.
// expect-stderr: allotment: free({p}): not a block of this heap, but an argument or a variable of the environment; aborting
// expect-signal: SIGABRT
#include "../here.h"

extern char **environ;

int main(void)
{
    free(take(1));
    void *p = environ[0];
    CHECK(p != NULL);
    name_address("p", p);
    free(hide(p));
    return 0;
}
