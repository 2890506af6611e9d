// The main thread has made all blocks and does nothing more; another frees them, and goes
// on working a little: the memory goes back all the same.
#include "../here.h"

#include <time.h>

enum { BLOCKS = 200000, BLOCK_BYTES = 1000, PAUSES = 40 };

static char *blocks[BLOCKS];
static long left;

static void *free_all(void *unused)
{
    (void)unused;
    for (int n = 0; n < BLOCKS; n++)
        free(blocks[n]);
    for (int n = 0; n < PAUSES; n++) {
        struct timespec pause = {0, 100 * 1000 * 1000};
        nanosleep(&pause, NULL);
        char *few[100];
        for (int k = 0; k < 100; k++)
            few[k] = take(20000);
        for (int k = 0; k < 100; k++)
            free(few[k]);
        left = rss_bytes();
        if (left < (16 << 20))
            break;
    }
    return NULL;
}

int main(void)
{
    for (int n = 0; n < BLOCKS; n++)
        blocks[n] = take(BLOCK_BYTES);
    in_thread(free_all, NULL);
    name_address("left", (void *)left);
    CHECK(left < (16 << 20));
    return 0;
}
