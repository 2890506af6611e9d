/* Fragmentation: much is made and a tenth of it survives, spread evenly; then the same with
 * blocks of another size, which don't fit into the holes. Seven sizes in turn. */
#include "field.h"

enum { SIZES = 7, WAVE_BYTES = 48000000 };

int main(int count, char **words) {
    read_arguments(count, words);
    static const uint32_t sizes[SIZES] = {40, 100, 300, 1000, 3000, 64, 700};
    Random state = seeded(6);
    uint64_t live = 0, live_peak = 0, wave = scaled(WAVE_BYTES);
    void ***survivors = (void ***)checked(calloc(SIZES, sizeof *survivors));
    for (int s = 0; s < SIZES; s++) {
        uint32_t total = (uint32_t)(wave / sizes[s]), kept = 0;
        void **blocks = (void **)checked(malloc(total * sizeof *blocks));
        live += total * sizeof *blocks;
        for (uint32_t i = 0; i < total; i++) {
            blocks[i] = checked(malloc(sizes[s]));
            memset(blocks[i], 1, sizes[s]);
        }
        live += (uint64_t)total * sizes[s];
        if (live > live_peak) live_peak = live;
        for (uint32_t i = 0; i < total; i++) {
            if (below(&state, 10) == 0) {
                blocks[kept++] = blocks[i];
            } else {
                free(blocks[i]);
                live -= sizes[s];
            }
        }
        survivors[s] = blocks;
    }
    report_live(live_peak);
    return 0;
}
