// A huge page that is refused costs nothing but the time it would have saved, whichever
// it is; and so do the pages of a slab.
// inject: madvise:error=ENOMEM:when={n}
#include "../here.h"

enum { BLOCK_BYTES = 2000, BLOCKS = 600 };

static size_t *blocks[BLOCKS];

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
    return 0;
}
