// The manager itself never touches the page: no physical memory comes in until
// the user writes, and then every byte beside the user's is still zero.
#include "alloc.h"
#include "../support/check.h"

static int is_resident(char *page)
{
    unsigned char resident = 0;
    CHECK(mincore(page, 4096, &resident) == 0);
    return resident & 1;
}

int main(void)
{
    char *blocks[64];
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    CHECK(page != NULL && !is_resident(page));
    dealloc(page);
    for (int n = 0; n < 64; n++)
        CHECK((blocks[n] = alloc(64)) != NULL);
    for (int n = 0; n < 64; n += 2)
        dealloc(blocks[n]);
    CHECK(!is_resident(page));
    blocks[1][0] = 1;
    CHECK(is_resident(page));
    blocks[1][0] = 0;
    CHECK(all_bytes_are(page, 4096, 0));
    return 0;
}
