// All 4096 bytes can be one block, again and again.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    for (int n = 0; n < 1000; n++) {
        char *page = alloc(4096);
        CHECK(page != NULL);
        memset(page, n, 4096);
        CHECK(alloc(8) == NULL && alloc(4096) == NULL);
        CHECK(all_bytes_are(page, 4096, n));
        dealloc(page);
    }
    return 0;
}
