// A block is gone with its page: to write to it after cleanup is a fault.
// expect-signal: SIGSEGV
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    volatile char *block = alloc(8);
    CHECK(block != NULL);
    block[0] = 1;
    CHECK(cleanup() == 0);
    block[0] = 2;
    return 0;
}
