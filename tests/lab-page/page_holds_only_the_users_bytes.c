// Every byte of the page stays what the user wrote last, in live blocks and in
// freed ones: nothing else is kept in the page.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static char shadow[4096];
    static struct blocks live;
    uint64_t random = 2;
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    CHECK(page != NULL);
    for (int n = 0; n < 4096; n++)
        page[n] = shadow[n] = (char)next_random(&random);
    dealloc(page);
    for (int step = 0; step < 100000; step++) {
        if (live.count > 0 && random_below(&random, 100) < 49) {
            int n = random_below(&random, live.count);
            dealloc(live.start[n]);
            blocks_remove(&live, n);
        } else {
            int size = 8 * (1 + random_below(&random, step % 3 ? 8 : 128));
            char *block = alloc(size);
            if (block != NULL) {
                blocks_add(&live, block, size);
                int wrote = random_below(&random, size + 1);
                memset(block, step, (size_t)wrote);
                memset(shadow + (block - page), step, (size_t)wrote);
            }
        }
        CHECK(memcmp(page, shadow, 4096) == 0);
    }
    return 0;
}
