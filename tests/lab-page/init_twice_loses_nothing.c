// A second init_alloc leaves every live block and every free byte as it was.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *low = alloc(1000), *high = alloc(2000);
    CHECK(low != NULL && high != NULL);
    memset(low, 0x11, 1000);
    memset(high, 0x22, 2000);
    CHECK(init_alloc() != 0);
    CHECK(all_bytes_are(low, 1000, 0x11) && all_bytes_are(high, 2000, 0x22));
    char *rest = alloc(4096 - 3000);
    CHECK(rest != NULL && alloc(8) == NULL);
    dealloc(low);
    dealloc(high);
    dealloc(rest);
    CHECK(alloc(4096) != NULL);
    CHECK(cleanup() == 0);
    return 0;
}
