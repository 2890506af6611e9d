// The first and the last block of the page are no neighbours of each other.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 256);
    dealloc(row.start[0]);
    dealloc(row.start[15]);
    CHECK(alloc(264) == NULL && alloc(512) == NULL);
    dealloc(row.start[1]);
    dealloc(row.start[14]);
    char *first = alloc(512), *second = alloc(512);
    CHECK((first == row.start[0] && second == row.start[14])
          || (first == row.start[14] && second == row.start[0]));
    return 0;
}
