// A request is refused only when no free chunk can hold it: the model looks at
// every unit of the page before each of 100,000 random requests.
#include "alloc.h"
#include "../support/model.h"

int main(void)
{
    static struct model model;
    static struct blocks live;
    uint64_t random = 5;
    CHECK(init_alloc() == 0);
    model.page = alloc(4096);
    dealloc(model.page);
    for (int step = 0; step < 100000; step++) {
        // Phases of growing and of shrinking, of small blocks and of large ones.
        int grows = step / 1000 % 2, span = step / 2000 % 3;
        if (live.count > 0 && random_below(&random, 10) < (grows ? 3 : 7)) {
            int n = random_below(&random, live.count);
            model_give(&model, live.start[n], live.size[n]);
            dealloc(live.start[n]);
            blocks_remove(&live, n);
            continue;
        }
        int size = 8 * (1 + random_below(&random, span == 0 ? 4 : span == 1 ? 40 : 512));
        int fits = size <= model_largest(&model);
        char *block = alloc(size);
        CHECK((block != NULL) == fits);
        if (fits) {
            model_take(&model, block, size);
            blocks_add(&live, block, size);
        }
    }
    return 0;
}
