// A page as six blocks, freed in each of the 720 orders, is whole again.
#include "ealloc.h"
#include "../support/check.h"

static const int sizes[6] = {256, 1024, 512, 768, 1280, 256};

static void free_in_order(const int *order)
{
    char *blocks[6];
    for (int n = 0; n < 6; n++)
        CHECK((blocks[n] = alloc(sizes[n])) != NULL);
    for (int n = 0; n < 6; n++)
        dealloc(blocks[order[n]]);
    char *page = alloc(4096);
    CHECK(page != NULL);
    dealloc(page);
}

static void each_order(int *order, int fixed)
{
    if (fixed == 6)
        free_in_order(order);
    for (int n = fixed; n < 6; n++) {
        int first = order[fixed], other = order[n];
        order[fixed] = other, order[n] = first;
        each_order(order, fixed + 1);
        order[fixed] = first, order[n] = other;
    }
}

int main(void)
{
    int order[6] = {0, 1, 2, 3, 4, 5};
    init_alloc();
    long before = vsz_bytes();
    each_order(order, 0);
    CHECK(vsz_bytes() == before + 4096);
    return 0;
}
