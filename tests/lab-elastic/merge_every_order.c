// Three neighbours, freed in each of the six orders: three times the size fits
// where they were, and needs no page.
#include "ealloc.h"
#include "../support/model.h"

int main(void)
{
    const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int order = 0; order < 6; order++)
        for (int size = 256; size <= 1024; size += 256) {
            struct blocks row = {};
            init_alloc();
            blocks_fill(&row, size);
            long one_page = vsz_bytes();
            char **three = row.start + row.count / 2 - 1;
            for (int n = 0; n < 3; n++)
                dealloc(three[orders[order][n]]);
            CHECK(alloc(3 * size) == three[0]);
            CHECK(vsz_bytes() == one_page);
            cleanup();
        }
    return 0;
}
