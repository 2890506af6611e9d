// A block of no bytes is a block: not NULL, like no other, and it can be freed.
#include "../here.h"

int main(void)
{
    size_t none = hide_size(0);
    void *blocks[] = {malloc(none), malloc(none), calloc(none, 1), calloc(1, none),
                      memalign(64, none), aligned_alloc(64, none), valloc(none),
                      realloc(NULL, none)};
    int count = sizeof blocks / sizeof *blocks;
    for (int n = 0; n < count; n++) {
        CHECK(blocks[n] != NULL);
        for (int other = 0; other < n; other++)
            CHECK(blocks[n] != blocks[other]);
    }
    for (int n = 0; n < count; n++)
        free(blocks[n]);
    return 0;
}
