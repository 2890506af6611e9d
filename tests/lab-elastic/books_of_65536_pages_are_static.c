// The first 65,536 pages cost their own 4 KiB each and not a byte more: the
// books of 256 MiB are in static memory.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    long before = vsz_bytes();
    init_alloc();
    for (long n = 1; n <= 65536; n++) {
        CHECK(alloc(4096) != NULL);
        CHECK(vsz_bytes() == before + n * 4096);
    }
    cleanup();
    CHECK(vsz_bytes() == before);
    return 0;
}
