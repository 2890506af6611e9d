// Three neighbours, freed in each of the six orders: three times the size fits.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int order = 0; order < 6; order++)
        for (int size = 8; size <= 1024; size += 8) {
            struct blocks row = {};
            CHECK(init_alloc() == 0);
            blocks_fill(&row, size);
            char **three = row.start + row.count / 2 - 1;
            for (int n = 0; n < 3; n++) {
                CHECK(alloc(3 * size) == NULL);
                dealloc(three[orders[order][n]]);
            }
            CHECK(alloc(3 * size) == three[0]);
            CHECK(cleanup() == 0);
        }
    return 0;
}
