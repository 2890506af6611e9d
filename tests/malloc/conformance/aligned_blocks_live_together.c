// Blocks of all alignments at once: none touches another, and all can be freed.
#include "../here.h"

int main(void)
{
    enum { BLOCKS = 2000 };
    static unsigned char *blocks[BLOCKS];
    static size_t sizes[BLOCKS];
    uint64_t state = 5;
    for (int n = 0; n < BLOCKS; n++) {
        size_t align = (size_t)1 << random_below(&state, 18);
        sizes[n] = (size_t)random_below(&state, 5000);
        blocks[n] = memalign(align, sizes[n]);
        CHECK(blocks[n] != NULL && (uintptr_t)blocks[n] % align == 0);
        memset(blocks[n], n, sizes[n]);
    }
    for (int n = 0; n < BLOCKS; n++)
        CHECK(all_bytes_are((char *)blocks[n], sizes[n], n));
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    return 0;
}
