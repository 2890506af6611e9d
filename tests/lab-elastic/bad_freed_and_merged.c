// A block freed, merged into a larger free chunk, and freed again; and once more
// when a larger block covers it.
// expect-stderr: allotment: dealloc({upper}): this block was freed already; nothing was freed
// expect-stderr: allotment: dealloc({upper}): 512 bytes inside the block of 1024 bytes at {lower}; nothing was freed
#include "ealloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    init_alloc();
    blocks_fill(&row, 512);
    char *lower = row.start[2], *upper = row.start[3];
    name_address("lower", lower);
    name_address("upper", upper);
    dealloc(lower);
    dealloc(upper);
    dealloc(upper);
    CHECK(alloc(1024) == lower);
    dealloc(upper);
    return 0;
}
