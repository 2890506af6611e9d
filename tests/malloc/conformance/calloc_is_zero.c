// calloc's blocks are zero, whatever was in their place before.
#include "../here.h"

int main(void)
{
    for (size_t size = 1; size < 3000000; size += size / 7 + 1) {
        char *blocks[8];
        for (int n = 0; n < 8; n++) {
            blocks[n] = take(size);
            memset(blocks[n], 0xff, malloc_usable_size(blocks[n]));
        }
        for (int n = 0; n < 8; n++)
            free(blocks[n]);
        for (int n = 0; n < 8; n++) {
            blocks[n] = hide(calloc(1, size));
            CHECK(blocks[n] != NULL && all_bytes_are(blocks[n], size, 0));
        }
        for (int n = 0; n < 8; n++)
            free(blocks[n]);
    }
    return 0;
}
