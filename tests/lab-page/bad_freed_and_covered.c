// A block freed, and its bytes given out again inside a larger block: the old
// pointer is an interior one now, and once that block is freed, freed already.
// expect-stderr: allotment: dealloc({upper}): 512 bytes inside the block of 1024 bytes at {lower}; nothing was freed
// expect-stderr: allotment: dealloc({upper}): this block was freed already; nothing was freed
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 512);
    char *lower = row.start[2], *upper = row.start[3];
    name_address("lower", lower);
    name_address("upper", upper);
    dealloc(lower);
    dealloc(upper);
    char *both = alloc(1024);
    CHECK(both == lower);
    dealloc(upper);
    CHECK(alloc(8) == NULL);
    dealloc(both);
    dealloc(upper);
    CHECK(alloc(1024) == lower);
    return 0;
}
