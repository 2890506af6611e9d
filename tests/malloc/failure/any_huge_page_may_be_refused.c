// A huge page that is refused costs nothing but the time it would have saved, whichever
// it is; and so do the pages of a slab, and the advice about a large block.
// env: ALLOTMENT_HUGE_PAGES=always
// inject: madvise:error=EAGAIN:when={n}
#include "../here.h"

#include <malloc.h>

enum { BLOCK_BYTES = 2000, BLOCKS = 600, LARGE = 3, LARGE_BYTES = 8 << 20 };

static size_t *blocks[BLOCKS];

static void use_large_blocks(void)
{
    char *large[LARGE];
    for (int n = 0; n < LARGE; n++) {
        large[n] = (char *)hide(malloc(LARGE_BYTES));
        CHECK(large[n] != NULL);
        memset(large[n], n + 1, LARGE_BYTES);
    }
    for (int n = 0; n < LARGE; n++) {
        CHECK(large[n][0] == n + 1 && large[n][LARGE_BYTES - 1] == n + 1);
        free(large[n]);
    }
    malloc_trim(0);
}

int main(void)
{
    CHECK(hide(malloc(hide_size(12 << 20))) != NULL); // in a land large enough for them
    for (size_t n = 0; n < BLOCKS; n++) {
        blocks[n] = (size_t *)(void *)take(BLOCK_BYTES);
        *blocks[n] = n;
    }
    for (size_t n = 0; n < BLOCKS; n++) {
        CHECK(*blocks[n] == n);
        free(blocks[n]);
    }
    use_large_blocks();
    return 0;
}
