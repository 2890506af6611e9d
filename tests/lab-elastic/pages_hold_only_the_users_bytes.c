// Every byte of every page stays what the user wrote last, in live blocks and in
// freed ones: nothing else is kept in the pages.
#include "ealloc.h"
#include "../support/check.h"

#define PAGES 8

static char *pages[PAGES], shadow[PAGES][4096];

static char *shadow_of(const char *block)
{
    for (int n = 0; n < PAGES; n++)
        if (block >= pages[n] && block < pages[n] + 4096)
            return shadow[n] + (block - pages[n]);
    CHECK(!"a block in one of the pages");
    return NULL;
}

int main(void)
{
    char *live[20] = {};
    uint64_t random = 5;
    init_alloc();
    for (int n = 0; n < PAGES; n++) {
        CHECK((pages[n] = alloc(4096)) != NULL);
        for (int at = 0; at < 4096; at++)
            pages[n][at] = shadow[n][at] = (char)next_random(&random);
    }
    for (int n = 0; n < PAGES; n++)
        dealloc(pages[n]);
    for (int step = 0; step < 50000; step++) {
        // At most 20 blocks of 1280 bytes: some page always has room for one more.
        int n = random_below(&random, 20);
        if (live[n] != NULL) {
            dealloc(live[n]);
            live[n] = NULL;
        } else {
            int size = 256 * (1 + random_below(&random, 5));
            CHECK((live[n] = alloc(size)) != NULL);
            // Not all of it: what alloc wrote would be written over.
            int wrote = random_below(&random, size + 1);
            memset(live[n], step, (size_t)wrote);
            memset(shadow_of(live[n]), step, (size_t)wrote);
        }
        for (int page = 0; page < PAGES; page++)
            CHECK(memcmp(pages[page], shadow[page], 4096) == 0);
    }
    return 0;
}
