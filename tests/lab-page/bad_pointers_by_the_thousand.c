// 100,000 bad pointers of all kinds, thrown in between good calls, silenced:
// the heap stays what a model says it is.
// env: ALLOTMENT_QUIET=1
#include "alloc.h"
#include "../support/model.h"

static struct model model;
static struct blocks live;

static int is_start(const char *address)
{
    for (int n = 0; n < live.count; n++)
        if (live.start[n] == address)
            return 1;
    return 0;
}

int main(void)
{
    uint64_t random = 6;
    CHECK(init_alloc() == 0);
    model.page = alloc(4096);
    dealloc(model.page);
    for (int step = 0; step < 100000; step++) {
        char *bad = model.page - 4096 + random_below(&random, 3 * 4096);
        if (!is_start(bad))
            dealloc(bad);
        if (live.count > 0 && random_below(&random, 2)) {
            int n = random_below(&random, live.count);
            model_give(&model, live.start[n], live.size[n]);
            dealloc(live.start[n]);
            dealloc(live.start[n]);
            blocks_remove(&live, n);
            continue;
        }
        int size = 8 * (1 + random_below(&random, 60)), fits = size <= model_largest(&model);
        char *block = alloc(size);
        CHECK((block != NULL) == fits);
        if (fits) {
            model_take(&model, block, size);
            blocks_add(&live, block, size);
        }
    }
    return 0;
}
