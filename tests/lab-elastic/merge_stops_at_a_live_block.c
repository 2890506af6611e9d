// Two free chunks with a live block between them are no merged chunk: what needs
// both of them needs a new page.
#include "ealloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks row;
    init_alloc();
    blocks_fill(&row, 1024);
    memset(row.start[1], 0x66, 1024);
    dealloc(row.start[0]);
    dealloc(row.start[2]);
    long one_page = vsz_bytes();
    char *elsewhere = alloc(2048);
    CHECK(elsewhere < row.start[0] || elsewhere >= row.start[0] + 4096);
    CHECK(vsz_bytes() == one_page + 4096);
    CHECK(all_bytes_are(row.start[1], 1024, 0x66));
    dealloc(row.start[1]);
    CHECK(alloc(3072) == row.start[0]);
    CHECK(vsz_bytes() == one_page + 4096);
    return 0;
}
