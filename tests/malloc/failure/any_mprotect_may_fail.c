// Each mprotect in turn fails once: at worst a call returns NULL with ENOMEM, and the
// next one works; nothing is lost.
// inject: mprotect:error=ENOMEM:when={n}
// links: static
// The C library's own call at the start would end the program, so there is none:
// flags: -Wl,-z,norelro
#include "work_through_failures.h"

int main(void)
{
    work_through_failures();
    return 0;
}
