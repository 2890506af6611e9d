// A page is 16 blocks of 256; the 17th needs a second page.
#include "ealloc.h"
#include "../support/model.h"

int main(void)
{
    static struct model model;
    init_alloc();
    long before = vsz_bytes();
    char *page = alloc(4096);
    model.page = page;
    dealloc(page);
    for (int n = 0; n < 16; n++) {
        char *block = alloc(256);
        CHECK(block != NULL);
        model_take(&model, block, 256);
    }
    CHECK(vsz_bytes() == before + 4096);
    char *other = alloc(256);
    CHECK(other < page || other >= page + 4096);
    CHECK(vsz_bytes() == before + 8192);
    return 0;
}
