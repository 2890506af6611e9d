// 1 GiB in 4,194,304 blocks of 256, each marked as its own; freed in random
// order; taken again as whole pages without a new one; and all of it returned.
// links: archive shared
#include "ealloc.h"
#include "../support/check.h"

#define COUNT 4194304
#define GIBIBYTE (1l << 30)

static char *blocks[COUNT];
static int order[COUNT];

int main(void)
{
    uint64_t random = 2;
    init_alloc();
    long before = vsz_bytes();
    for (int n = 0; n < COUNT; n++) {
        CHECK((blocks[n] = alloc(256)) != NULL);
        order[n] = n;
    }
    // Past 65,536 pages the books may take memory of their own, up to a quarter.
    long filled = vsz_bytes();
    CHECK(filled >= before + GIBIBYTE && filled <= before + GIBIBYTE + GIBIBYTE / 4);
    // A mark in every 64th block touches every fourth page.
    for (int n = 0; n < COUNT; n += 64)
        memcpy(blocks[n], &n, sizeof n);
    for (int n = 0; n < COUNT; n += 64)
        CHECK(memcmp(blocks[n], &n, sizeof n) == 0);
    shuffle(order, COUNT, &random);
    for (int n = 0; n < COUNT; n++)
        dealloc(blocks[order[n]]);
    for (int n = 0; n < COUNT / 16; n++)
        CHECK(alloc(4096) != NULL);
    CHECK(vsz_bytes() == filled);
    cleanup();
    CHECK(vsz_bytes() == before);
    return 0;
}
