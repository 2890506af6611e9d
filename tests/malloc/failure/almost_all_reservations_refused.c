// A system that grants no more than 3 MiB at once: a small heap, which works, and says
// ENOMEM when it is full.
// links: archive static
#include "refusals.h"

int main(int argc, char **argv)
{
    start_again_refused_from(3 << 20, argc, argv);
    static char *blocks[100000];
    for (int round = 0; round < 3; round++) {
        int count = 0;
        while (count < 100000 && (blocks[count] = malloc(1000)) != NULL)
            memset(blocks[count++], round, 1000);
        CHECK(count >= 16000 && count < 100000 && errno == ENOMEM);
        for (int n = 0; n < count; n++) {
            CHECK(all_bytes_are(blocks[n], 1000, round));
            free(blocks[n]);
        }
        errno = 0;
    }
    return 0;
}
