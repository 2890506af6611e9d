// A freed block of N bytes is available for another block of N bytes.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int size = 8; size <= 1024; size += 8) {
        char *low = alloc(size), *freed = alloc(size), *high = alloc(4096 - 2 * size);
        CHECK(low != NULL && freed != NULL && high != NULL);
        dealloc(freed);
        CHECK(alloc(size) == freed);
        dealloc(low);
        dealloc(freed);
        dealloc(high);
    }
    return 0;
}
