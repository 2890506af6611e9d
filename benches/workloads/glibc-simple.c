/* glibc-simple, after glibc's benchtests/bench-malloc-simple: for each size, arrays of 25
 * to 1,600 blocks are allocated, then freed in the order they came. */
#include "field.h"

static const size_t sizes[] = {8, 16, 32, 64, 128, 256, 512, 1024};
static const int counts[] = {25, 100, 400, 1600};
static void *blocks[1600];

int main(int count, char **words) {
    read_arguments(count, words);
    uint64_t rounds = scaled(160);
    for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint64_t round = 0; round < rounds; round++)
            for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++)
                for (int repeat = 3200 / counts[c]; repeat > 0; repeat--) {
                    for (int i = 0; i < counts[c]; i++) {
                        blocks[i] = checked(malloc(sizes[s]));
                        *(volatile char *)blocks[i] = 1;
                    }
                    for (int i = 0; i < counts[c]; i++) free(blocks[i]);
                }
    return 0;
}
