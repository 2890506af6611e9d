// The manager itself never touches a page: physical memory comes in only where
// the user writes.
#include "ealloc.h"
#include "../support/check.h"

static int is_resident(char *page)
{
    unsigned char resident = 0;
    CHECK(mincore(page, 4096, &resident) == 0);
    return resident & 1;
}

int main(void)
{
    static char *pages[256];
    init_alloc();
    for (int n = 0; n < 256; n++)
        CHECK((pages[n] = alloc(4096)) != NULL);
    for (int n = 0; n < 256; n += 2)
        dealloc(pages[n]);
    for (int n = 0; n < 256; n++)
        CHECK(alloc(1024) != NULL);
    for (int n = 0; n < 256; n++)
        CHECK(!is_resident(pages[n]));
    pages[1][0] = 1;
    CHECK(is_resident(pages[1]));
    return 0;
}
