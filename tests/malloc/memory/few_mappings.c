// A million blocks of mixed sizes are live, and come and go: that takes under a
// thousand mappings. With holes everywhere, too.
#include "../here.h"

#include "../../support/maps.h"

enum { BLOCKS = 1000000 };

static char *blocks[BLOCKS];

static size_t some_size(uint64_t *seed)
{
    int kind = random_below(seed, 1000);
    return (size_t)random_below(seed, kind < 3 ? 300000 : kind < 20 ? 40000 : 500);
}

int main(void)
{
    uint64_t seed = 11;
    for (int n = 0; n < BLOCKS; n++)
        CHECK((blocks[n] = malloc(some_size(&seed) + 1)) != NULL);
    CHECK(maps_count() < 1000);
    for (int round = 0; round < 6; round++) {
        for (int n = 0; n < BLOCKS / 2; n++) {
            int which = random_below(&seed, BLOCKS);
            if (n % 50 == 0) {
                CHECK((blocks[which] = realloc(blocks[which], some_size(&seed) + 1)) != NULL);
            } else {
                free(blocks[which]);
                CHECK((blocks[which] = malloc(some_size(&seed) + 1)) != NULL);
            }
            blocks[which][0] = 1;
        }
        usleep(200000);
        CHECK(maps_count() < 1000);
    }
    for (int n = 0; n < BLOCKS; n++)
        if (n % 10 != 0)
            free(blocks[n]);
    malloc_trim(0);
    CHECK(maps_count() < 1000);
    return 0;
}
