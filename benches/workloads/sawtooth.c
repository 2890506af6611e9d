/* Fragmentation: load that rises and falls, each tooth with other sizes, blocks freed in the
 * opposite order. Memory that is given back late is counted twice at the next tooth. */
#include "field.h"

enum { TEETH = 16, TOOTH_BYTES = 64000000, SIZE_FIRST = 16 };

int main(int count, char **words) {
    read_arguments(count, words);
    Random state = seeded(8);
    uint64_t tooth = scaled(TOOTH_BYTES), live_peak = 0;
    uint32_t room = (uint32_t)(tooth / SIZE_FIRST) + 1;
    void **blocks = (void **)checked(malloc(room * sizeof *blocks));
    for (int t = 0; t < TEETH; t++) {
        uint32_t least = SIZE_FIRST << t % 8, total = 0;
        uint64_t live = 0;
        while (live < tooth) {
            uint32_t bytes = least + below(&state, least);
            blocks[total] = checked(malloc(bytes));
            memset(blocks[total++], 1, bytes);
            live += bytes;
        }
        if (live + total * sizeof *blocks > live_peak) live_peak = live + total * sizeof *blocks;
        while (total > 0) free(blocks[--total]);
    }
    free(blocks);
    report_live(live_peak);
    return 0;
}
