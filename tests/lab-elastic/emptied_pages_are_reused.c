// Pages that became empty are used again before a new one is mapped.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *blocks[100 * 16];
    init_alloc();
    for (int n = 0; n < 100 * 16; n++)
        CHECK((blocks[n] = alloc(256)) != NULL);
    long filled = vsz_bytes();
    for (int n = 0; n < 100 * 16; n++)
        dealloc(blocks[n]);
    for (int n = 0; n < 100; n++)
        CHECK(alloc(4096) != NULL);
    CHECK(vsz_bytes() == filled);
    CHECK(alloc(256) != NULL);
    CHECK(vsz_bytes() == filled + 4096);
    return 0;
}
