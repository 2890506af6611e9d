// A large block that cannot grow where it is takes its pages along: they are never
// there twice. A thousand moves leave no more mappings than a few.
#include "../here.h"

#include "../../support/maps.h"
#include "../../support/peak.h"

enum { MIB = 1 << 20 };

// A block of `size` that has a neighbour above.
static char *hemmed_in(size_t size, char **neighbour)
{
    char *block = take(size);
    *neighbour = take(size);
    CHECK(*neighbour - block == (ptrdiff_t)size);
    return block;
}

int main(void)
{
    char *neighbour;
    char *block = hemmed_in(64 * MIB, &neighbour);
    long peak = peak_bytes();
    block[0] = block[64 * MIB - 1] = 1;
    char *moved = realloc(block, 96 * MIB);
    CHECK(moved != NULL && moved != block);
    CHECK(peak_bytes() < peak + 16 * MIB);
    CHECK(moved[0] == 1 && moved[64 * MIB - 1] == 1 && moved[MIB] == 0x5a);
    memset(moved, 2, 96 * MIB);
    CHECK((moved = realloc(moved, 10 * MIB)) != NULL && all_bytes_are(moved, 10 * MIB, 2));
    free(moved);
    free(neighbour);
    CHECK(all_bytes_are(block = calloc(1, 200 * MIB), 200 * MIB, 0));
    free(block);
    malloc_trim(0);

    int before = maps_count();
    uint64_t seed = 7;
    enum { BLOCKS = 300 };
    static struct { char *at; size_t size; } blocks[BLOCKS];
    for (int n = 0; n < BLOCKS; n++) {
        blocks[n].size = 300000 + (size_t)random_below(&seed, 100000);
        memset(blocks[n].at = take(blocks[n].size), n, blocks[n].size);
    }
    for (int step = 0; step < 1500; step++) {
        int n = random_below(&seed, BLOCKS);
        size_t had = blocks[n].size, size = had * 3 / 2;
        if (size > 2 * MIB)
            size = 300000;
        char *at = realloc(blocks[n].at, size);
        CHECK(at != NULL && at[0] == (char)n && at[(had < size ? had : size) - 1] == (char)n);
        at[size - 1] = (char)n;
        blocks[n].at = at;
        blocks[n].size = size;
    }
    CHECK(maps_count() < 600);
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n].at);
    malloc_trim(0);
    CHECK(maps_count() <= before + 60);
    return 0;
}
