// Part A gives a block of 8 bytes, which Part B never does.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    CHECK(alloc(8) != NULL);
    return 0;
}
