// Every block starts at a multiple of 256 and ends in the page it starts in.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *blocks[4000];
    uint64_t random = 4;
    init_alloc();
    for (int step = 0; step < 100000; step++) {
        int n = random_below(&random, 4000), size = 256 * (1 + random_below(&random, 16));
        dealloc(blocks[n]);
        CHECK((blocks[n] = alloc(size)) != NULL);
        uintptr_t first = (uintptr_t)blocks[n], last = first + (unsigned)size - 1;
        CHECK(first % 256 == 0 && first / 4096 == last / 4096);
    }
    return 0;
}
