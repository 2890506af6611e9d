// Every size from 8 to 4096 is given, and so is exactly what is left beside it.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int size = 8; size < 4096; size += 8) {
        char *first = alloc(size), *rest = alloc(4096 - size);
        CHECK(first != NULL && rest != NULL);
        CHECK(alloc(8) == NULL);
        dealloc(first);
        dealloc(rest);
    }
    CHECK(alloc(4096) != NULL);
    return 0;
}
