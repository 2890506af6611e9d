// Each mmap in turn fails once: at worst a call returns NULL with ENOMEM, and the
// next one works; nothing is lost.
// inject: mmap:error=ENOMEM:when={n}
// links: static
#include "work_through_failures.h"

int main(void)
{
    work_through_failures();
    return 0;
}
