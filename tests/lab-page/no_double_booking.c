// A region in use is given to nobody else: every block keeps its own pattern
// through a long random sequence.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct blocks live;
    static unsigned char pattern[4096];
    uint64_t random = 4;
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    dealloc(page);
    for (int step = 0; step < 200000; step++) {
        if (live.count > 0 && random_below(&random, 2)) {
            int n = random_below(&random, live.count);
            char *start = live.start[n];
            CHECK(all_bytes_are(start, (size_t)live.size[n], pattern[start - page]));
            dealloc(start);
            blocks_remove(&live, n);
        } else {
            int size = 8 * (1 + random_below(&random, 24));
            char *block = alloc(size);
            if (block != NULL) {
                blocks_add(&live, block, size);
                memset(block, step, (size_t)size);
                pattern[block - page] = (unsigned char)step;
            }
        }
    }
    return 0;
}
