// 800 bytes taken, 3296 asked for: what fits to the byte is given, though sizes
// like these fall between the bins of many allocators.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int size = 8; size <= 4088; size += 8) {
        char *low = alloc(size), *hole = alloc(4096 - size);
        CHECK(low != NULL && hole != NULL);
        dealloc(hole);
        CHECK(alloc(4096 - size) == hole);
        dealloc(low);
        CHECK(alloc(size) == low);
        dealloc(hole);
        dealloc(low);
    }
    return 0;
}
