// A program registers handlers of fork before its first allocation. They allocate, and
// the forks end.
#include "fork_handlers.h"

int main(void)
{
    CHECK(pthread_atfork(prepare, parent, child) == 0);
    free(take(100));
    fork_again_and_again();
    return 0;
}
