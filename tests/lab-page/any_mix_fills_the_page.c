// Any mix of sizes that adds up to 4096 fills the page to its last byte.
#include "alloc.h"
#include "../support/model.h"

// Cuts 512 units into pieces: few large ones or many small ones, by `cuts`.
static int partition(int *pieces, int cuts, uint64_t *random)
{
    static unsigned char is_cut[UNITS];
    int count = 0, since = 0;
    memset(is_cut, 0, sizeof is_cut);
    for (int n = 0; n < cuts; n++)
        is_cut[random_below(random, UNITS)] = 1;
    for (int unit = 1; unit <= UNITS; unit++)
        if (unit == UNITS || is_cut[unit]) {
            pieces[count++] = unit - since;
            since = unit;
        }
    return count;
}

int main(void)
{
    uint64_t random = 1;
    int pieces[UNITS], order[UNITS];
    char *blocks[UNITS];
    CHECK(init_alloc() == 0);
    for (int round = 0; round < 2000; round++) {
        int count = partition(pieces, 1 + random_below(&random, 700), &random);
        for (int n = 0; n < count; n++) {
            CHECK((blocks[n] = alloc(pieces[n] * 8)) != NULL);
            memset(blocks[n], n, (size_t)pieces[n] * 8);
            order[n] = n;
        }
        CHECK(alloc(8) == NULL);
        shuffle(order, count, &random);
        for (int n = 0; n < count; n++) {
            CHECK(all_bytes_are(blocks[order[n]], (size_t)pieces[order[n]] * 8, order[n]));
            dealloc(blocks[order[n]]);
        }
    }
    CHECK(alloc(4096) != NULL);
    return 0;
}
