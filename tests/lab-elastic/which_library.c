// Part B gives no block of 8 bytes, which Part A does.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    CHECK(alloc(8) == NULL);
    CHECK(alloc(256) != NULL);
    return 0;
}
