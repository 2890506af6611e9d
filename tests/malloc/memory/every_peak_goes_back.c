// Peaks of the same blocks, of which the same few are kept each time: what is free around
// them goes back after the second as after the first.
#include "../here.h"

#include <unistd.h>

enum { BLOCKS = 100000, BLOCK_BYTES = 1024, KEPT = 64, MS_MAX = 3000 };

static char *blocks[BLOCKS];

static void peak(void)
{
    for (int n = 0; n < BLOCKS; n++)
        if (blocks[n] == NULL)
            blocks[n] = take(BLOCK_BYTES);
    for (int n = 0; n < BLOCKS; n++) {
        if (n % KEPT == 0)
            continue;
        free(blocks[n]);
        blocks[n] = NULL;
    }
}

static void work_lightly(void)
{
    char *few[200];
    for (int n = 0; n < 200; n++)
        few[n] = take(5000);
    for (int n = 0; n < 200; n++)
        free(few[n]);
    usleep(1000);
}

int main(void)
{
    // A page for each that is kept, a quarter more, and the books.
    long bound = BLOCKS / KEPT * 4096L / 4 * 5 + (8 << 20), before = rss_bytes();
    for (int peaks = 0; peaks < 3; peaks++) {
        peak();
        for (int ms = 0; rss_bytes() - before > bound; ms++) {
            CHECK(ms < MS_MAX);
            work_lightly();
        }
    }
    return 0;
}
