// A region in use is given to nobody else: every block keeps its own pattern
// through a long random sequence over many pages.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *blocks[500];
    static int sizes[500], patterns[500];
    uint64_t random = 6;
    init_alloc();
    for (int step = 0; step < 100000; step++) {
        int n = random_below(&random, 500);
        if (blocks[n] != NULL) {
            CHECK(all_bytes_are(blocks[n], (size_t)sizes[n], patterns[n]));
            dealloc(blocks[n]);
            blocks[n] = NULL;
        } else {
            sizes[n] = 256 * (1 + random_below(&random, 16));
            CHECK((blocks[n] = alloc(sizes[n])) != NULL);
            patterns[n] = step;
            memset(blocks[n], step, (size_t)sizes[n]);
        }
    }
    return 0;
}
