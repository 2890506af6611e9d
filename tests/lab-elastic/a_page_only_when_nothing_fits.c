// A page is mapped only when no mapped page has a hole that fits, and then
// exactly one: the model looks at every page before each random request.
#include "ealloc.h"
#include "../support/model.h"

#define PAGES_MAX 300
#define BLOCKS_MAX (PAGES_MAX * UNITS)

static struct model pages[PAGES_MAX];
static char *start[BLOCKS_MAX];
static int size_of[BLOCKS_MAX], page_count, block_count;

static struct model *page_of(const char *block)
{
    for (int n = 0; n < page_count; n++)
        if (block >= pages[n].page && block < pages[n].page + 4096)
            return &pages[n];
    return NULL;
}

static int fits_somewhere(int size)
{
    for (int n = 0; n < page_count; n++)
        if (model_largest(&pages[n]) >= size)
            return 1;
    return 0;
}

static void take(int size)
{
    int fits = fits_somewhere(size);
    long before = vsz_bytes();
    char *block = alloc(size);
    CHECK(block != NULL);
    CHECK(vsz_bytes() == before + (fits ? 0 : 4096));
    if (!fits) {
        CHECK(page_of(block) == NULL && page_count < PAGES_MAX);
        pages[page_count++].page = (char *)((uintptr_t)block & ~(uintptr_t)4095);
    }
    struct model *page = page_of(block);
    CHECK(page != NULL);
    model_take(page, block, size);
    start[block_count] = block;
    size_of[block_count++] = size;
}

static void give(int n)
{
    long before = vsz_bytes();
    model_give(page_of(start[n]), start[n], size_of[n]);
    dealloc(start[n]);
    CHECK(vsz_bytes() == before);
    start[n] = start[--block_count];
    size_of[n] = size_of[block_count];
}

int main(void)
{
    uint64_t random = 1;
    init_alloc();
    for (int step = 0; step < 60000; step++) {
        // Long phases of growing and of shrinking; the heap never returns pages.
        int grows = step / 500 % 2 == 0 && block_count < 900;
        if (block_count > 0 && random_below(&random, 10) < (grows ? 2 : 7))
            give(random_below(&random, block_count));
        else if (block_count < 1000)
            take(256 * (1 + random_below(&random, step % 4 ? 5 : 16)));
    }
    return 0;
}
