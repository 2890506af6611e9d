// Two neighbours freed, the lower one first: one block of both sizes fits.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 1024);
    dealloc(row.start[1]);
    CHECK(alloc(2048) == NULL);
    dealloc(row.start[2]);
    CHECK(alloc(2048) == row.start[1]);
    return 0;
}
