// Threads end and leave blocks behind, which others free: nothing is lost, and the
// memory is used again.
#include "../here.h"

enum { BLOCKS = 200 };

static void *leave_blocks(void *seed)
{
    char **blocks = malloc(BLOCKS * sizeof *blocks);
    uint64_t state = (uintptr_t)seed;
    CHECK(blocks != NULL);
    for (int n = 0; n < BLOCKS; n++) {
        size_t size = (size_t)random_below(&state, 2000);
        blocks[n] = take(size + sizeof size);
        memcpy(blocks[n], &size, sizeof size);
    }
    return blocks;
}

int main(void)
{
    long after_a_few = 0;
    for (uintptr_t n = 1; n <= 3000; n++) {
        char **blocks = in_thread(leave_blocks, (void *)n);
        for (int one = 0; one < BLOCKS; one++) {
            size_t size;
            memcpy(&size, blocks[one], sizeof size);
            CHECK(all_bytes_are(blocks[one] + sizeof size, size, 0x5a));
            free(blocks[one]);
        }
        free(blocks);
        if (n == 300)
            after_a_few = rss_bytes();
    }
    CHECK(rss_bytes() <= after_a_few + (8 << 20));
    return 0;
}
