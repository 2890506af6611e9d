// A block that grows and moves is one block at every moment: the peak is that of its
// last size, not that of its last two.
#include "statistics.h"

int main(void)
{
    size_t size = 1 << 20, all = 0;
    char *block = take(size), *between[6];
    int moves = 0;
    for (int n = 0; n < 6; n++) {
        between[n] = take(size); // behind the block: no hole before it is as long
        all += size;
        char *moved = (char *)hide(realloc(block, hide_size(size *= 2)));
        CHECK(moved != NULL);
        moves += moved != block;
        block = moved;
    }
    CHECK(moves >= 2);
    all += size;
    free(block);
    for (int n = 0; n < 6; n++)
        free(between[n]);
    fetch();
    CHECK(figure("", "\"peak_live_bytes") > all * 97 / 100);
    CHECK(figure("", "\"peak_live_bytes") < all * 105 / 100);
    CHECK(figure("\"live", "bytes") < 100000);
    return 0;
}
