// Each mremap in turn fails once: the block is copied instead.
// inject: mremap:error=ENOMEM:when={n}
// links: static
#include "work_through_failures.h"

int main(void)
{
    work_through_failures();
    CHECK(failures == 0);
    return 0;
}
