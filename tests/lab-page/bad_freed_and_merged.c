// A block freed, merged into a larger free chunk, and freed again.
// expect-stderr: allotment: dealloc({upper}): this block was freed already; nothing was freed
// expect-stderr: allotment: dealloc({lower}): this block was freed already; nothing was freed
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
    dealloc(upper);
    dealloc(lower);
    dealloc(upper);
    dealloc(lower);
    CHECK(alloc(1024) == lower);
    CHECK(alloc(8) == NULL);
    return 0;
}
