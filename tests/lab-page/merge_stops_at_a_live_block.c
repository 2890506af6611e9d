// Two free chunks with a live block between them are no merged chunk.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    CHECK(init_alloc() == 0);
    blocks_fill(&row, 1024);
    memset(row.start[1], 0x66, 1024);
    dealloc(row.start[0]);
    dealloc(row.start[2]);
    CHECK(alloc(1032) == NULL && alloc(2048) == NULL && alloc(3072) == NULL);
    CHECK(all_bytes_are(row.start[1], 1024, 0x66));
    dealloc(row.start[1]);
    CHECK(alloc(3072) == row.start[0]);
    return 0;
}
