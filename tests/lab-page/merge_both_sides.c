// A block freed between two free ones makes one chunk of all three.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 512);
    dealloc(row.start[3]);
    dealloc(row.start[5]);
    CHECK(alloc(520) == NULL);
    dealloc(row.start[4]);
    CHECK(alloc(1536) == row.start[3]);
    return 0;
}
