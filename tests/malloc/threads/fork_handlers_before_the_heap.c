// Handlers of fork that are registered before the heap could register its own, as a
// library may do that is loaded earlier: they run while it is held, and may allocate.
#include "fork_handlers.h"

static void very_early(void)
{
    CHECK(pthread_atfork(prepare, parent, child) == 0);
}

__attribute__((section(".preinit_array"), used)) static void (*early)(void) = very_early;

int main(void)
{
    fork_again_and_again();
    return 0;
}
