// Every second block of 8 freed: 2048 bytes are free, and no 16 of them together.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 8);
    for (int n = 0; n < 512; n += 2)
        dealloc(row.start[n]);
    CHECK(alloc(16) == NULL);
    dealloc(row.start[255]);
    CHECK(alloc(32) == NULL);
    CHECK(alloc(24) == row.start[254]);
    for (int n = 0; n < 254; n++)
        CHECK(alloc(8) != NULL);
    CHECK(alloc(8) == NULL);
    return 0;
}
