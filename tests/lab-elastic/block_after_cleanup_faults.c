// A block is gone with its page: to write to it after cleanup is a fault.
// expect-signal: SIGSEGV
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    volatile char *block = alloc(256);
    CHECK(block != NULL);
    block[0] = 1;
    cleanup();
    block[0] = 2;
    return 0;
}
