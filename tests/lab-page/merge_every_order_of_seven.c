// The page as seven blocks, freed in each of the 5040 orders, is whole again.
#include "alloc.h"
#include "../support/check.h"

static const int sizes[7] = {8, 1024, 16, 520, 1000, 504, 1024};

static void free_in_order(const int *order)
{
    char *blocks[7];
    for (int n = 0; n < 7; n++)
        CHECK((blocks[n] = alloc(sizes[n])) != NULL);
    CHECK(alloc(8) == NULL);
    for (int n = 0; n < 7; n++)
        dealloc(blocks[order[n]]);
    char *page = alloc(4096);
    CHECK(page != NULL);
    dealloc(page);
}

static void each_order(int *order, int fixed)
{
    if (fixed == 7)
        free_in_order(order);
    for (int n = fixed; n < 7; n++) {
        int first = order[fixed], other = order[n];
        order[fixed] = other, order[n] = first;
        each_order(order, fixed + 1);
        order[fixed] = first, order[n] = other;
    }
}

int main(void)
{
    int order[7] = {0, 1, 2, 3, 4, 5, 6};
    CHECK(init_alloc() == 0);
    each_order(order, 0);
    return 0;
}
