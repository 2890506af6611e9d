// All 4096 bytes can be 512 blocks of 8, no two of them alike.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct model model;
    CHECK(init_alloc() == 0);
    model.page = alloc(4096);
    dealloc(model.page);
    for (int n = 0; n < 512; n++) {
        char *block = alloc(8);
        CHECK(block != NULL);
        model_take(&model, block, 8);
    }
    CHECK(model_largest(&model) == 0);
    return 0;
}
