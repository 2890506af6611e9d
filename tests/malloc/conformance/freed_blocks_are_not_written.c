// A free neither reads nor writes the block, so what was in it stays until it is
// given out again.
#include "../here.h"

int main(void)
{
    enum { BLOCKS = 3000 };
    static char *blocks[BLOCKS];
    for (size_t size = 16; size <= 4096; size *= 2) {
        char *keeps_the_last_slab = take(size);
        for (int n = 0; n < BLOCKS; n++)
            blocks[n] = take(size);
        for (int n = 0; n < BLOCKS; n++)
            free(blocks[n]);
        for (int n = 0; n < BLOCKS; n++) {
            char *block = hide(blocks[n]);
            // Zero when its page has gone back to the system meanwhile.
            CHECK(all_bytes_are(block, size, 0x5a) || all_bytes_are(block, size, 0));
        }
        free(keeps_the_last_slab);
    }
    return 0;
}
