// The books of blocks of one size serve blocks of others when the first are gone: a program
// whose sizes change does not keep books for each of them. What they say stays right.
#include "../here.h"

#include <malloc.h>

enum { MIB = 1 << 20, LIVE_BYTES = 64 * MIB, LEAST = 32, SIZES = 5, BLOCKS = LIVE_BYTES / LEAST };

static char *blocks[BLOCKS];

static void fill_and_empty(size_t bytes)
{
    size_t count = LIVE_BYTES / bytes;
    for (size_t n = 0; n < count; n++) {
        blocks[n] = take(bytes);
        blocks[n][0] = (char)n;
    }
    for (size_t n = 0; n < count; n++) {
        CHECK(blocks[n][0] == (char)n);
        CHECK(malloc_usable_size(blocks[n]) == bytes);
        free(blocks[n]);
    }
}

int main(void)
{
    memset(blocks, 0xff, sizeof blocks);
    fill_and_empty(LEAST);
    malloc_trim(0);
    long before = rss_bytes_counted();
    // 48, 64, 96, 128 bytes: each of them would need books of 0.7 to 1.8 MiB.
    for (int round = 0; round < 2; round++)
        for (size_t bytes = LEAST; bytes <= LEAST * SIZES; bytes += 16)
            if (bytes != 80 && bytes != 112 && bytes != 144)
                fill_and_empty(bytes);
    malloc_trim(0);
    long grown = rss_bytes_counted() - before;
    name_address("grown", (void *)grown);
    CHECK(grown < MIB);
    return 0;
}
