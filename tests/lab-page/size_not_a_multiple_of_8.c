// A size that is not a multiple of 8 gives NULL and changes nothing.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int size = 1; size < 4200; size++)
        if (size % 8 != 0)
            CHECK(alloc(size) == NULL);
    CHECK(alloc(4096) != NULL);
    return 0;
}
