// A hole of N1 bytes gives a block of N2 < N1, and the N1 - N2 bytes left over
// can be given out too, for every N1 up to 512 and every N2.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int n1 = 16; n1 <= 512; n1 += 8)
        for (int n2 = 8; n2 < n1; n2 += 8) {
            char *low = alloc(64), *hole = alloc(n1), *high = alloc(4096 - 64 - n1);
            CHECK(low != NULL && hole != NULL && high != NULL);
            dealloc(hole);
            char *part = alloc(n2), *rest = alloc(n1 - n2);
            CHECK(part >= hole && part + n2 <= hole + n1);
            CHECK(rest >= hole && rest + (n1 - n2) <= hole + n1);
            CHECK(alloc(8) == NULL);
            dealloc(low);
            dealloc(part);
            dealloc(rest);
            dealloc(high);
        }
    CHECK(alloc(4096) != NULL);
    return 0;
}
