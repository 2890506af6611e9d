// Bad pointers of all kinds, thrown in between good calls, silenced: every block
// keeps its bytes, and in the end every page is whole.
// env: ALLOTMENT_QUIET=1
#include "ealloc.h"
#include "../support/check.h"

#define BLOCKS 300

static char *blocks[BLOCKS];
static int sizes[BLOCKS];

static int is_start(const char *address)
{
    for (int n = 0; n < BLOCKS; n++)
        if (blocks[n] == address)
            return 1;
    return 0;
}

int main(void)
{
    uint64_t random = 7;
    init_alloc();
    char *somewhere = alloc(256);
    dealloc(somewhere);
    for (int step = 0; step < 100000; step++) {
        char *bad = somewhere + 64 * (random_below(&random, 16384) - 8192);
        if (!is_start(bad))
            dealloc(bad);
        int n = random_below(&random, BLOCKS);
        if (blocks[n] != NULL) {
            CHECK(all_bytes_are(blocks[n], (size_t)sizes[n], n));
            dealloc(blocks[n]);
            dealloc(blocks[n]);
            blocks[n] = NULL;
        } else {
            sizes[n] = 256 * (1 + random_below(&random, 16));
            CHECK((blocks[n] = alloc(sizes[n])) != NULL);
            memset(blocks[n], n, (size_t)sizes[n]);
        }
    }
    for (int n = 0; n < BLOCKS; n++)
        dealloc(blocks[n]);
    long before = vsz_bytes();
    for (int n = 0; n < BLOCKS / 3; n++)
        CHECK(alloc(4096) != NULL);
    CHECK(vsz_bytes() == before);
    return 0;
}
