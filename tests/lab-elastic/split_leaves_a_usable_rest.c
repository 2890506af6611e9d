// A hole of N1 bytes gives a block of N2 < N1, and the N1 - N2 bytes left over
// can be given out too, for every N1 and N2: no page is mapped for them.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    char *page = alloc(4096);
    dealloc(page);
    long one_page = vsz_bytes();
    for (int n1 = 512; n1 <= 3584; n1 += 256)
        for (int n2 = 256; n2 < n1; n2 += 256) {
            char *low = alloc(256), *hole = alloc(n1), *high = alloc(4096 - 256 - n1);
            CHECK(low != NULL && hole != NULL && high != NULL);
            dealloc(hole);
            char *part = alloc(n2), *rest = alloc(n1 - n2);
            CHECK(part >= hole && part + n2 <= hole + n1);
            CHECK(rest >= hole && rest + (n1 - n2) <= hole + n1);
            dealloc(low);
            dealloc(part);
            dealloc(rest);
            dealloc(high);
        }
    CHECK(alloc(4096) == page);
    CHECK(vsz_bytes() == one_page);
    return 0;
}
