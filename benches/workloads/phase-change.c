/* Fragmentation: a program that works in phases, each with sizes of its own, and frees most
 * of a phase's blocks only when the next one has begun. */
#include "field.h"

enum { PHASES = 10, PHASE_BYTES = 32000000 };

typedef struct { void **blocks; uint32_t *bytes; uint32_t total; } Phase;

int main(int count, char **words) {
    read_arguments(count, words);
    static const uint32_t sizes[PHASES] = {24, 2000, 90, 9000, 400, 48, 30000, 160, 1200, 70};
    Random state = seeded(9);
    uint64_t live = 0, live_peak = 0, phase_bytes = scaled(PHASE_BYTES);
    Phase last = {0};
    for (int p = 0; p < PHASES; p++) {
        Phase now = {0};
        uint32_t room = (uint32_t)(phase_bytes / sizes[p]) + 1, freed = 0;
        now.blocks = (void **)checked(malloc(room * sizeof *now.blocks));
        now.bytes = (uint32_t *)checked(malloc(room * sizeof *now.bytes));
        live += room * (sizeof *now.blocks + sizeof *now.bytes);
        for (; now.total < room; now.total++) {
            uint32_t bytes = sizes[p] / 2 + below(&state, sizes[p]);
            now.blocks[now.total] = checked(malloc(bytes));
            memset(now.blocks[now.total], 1, bytes);
            now.bytes[now.total] = bytes;
            live += bytes;
            if (live > live_peak) live_peak = live;
            /* Half-way on, the last phase's blocks go, all but one in twenty. */
            uint32_t due = now.total > room / 2
                ? (uint32_t)((uint64_t)last.total * (now.total - room / 2) / (room - room / 2)) : 0;
            for (; freed < due; freed++) {
                if (freed % 20 == 0) continue;
                free(last.blocks[freed]);
                live -= last.bytes[freed];
            }
        }
        if (last.blocks) {
            live -= (uint64_t)(last.total) * (sizeof *last.blocks + sizeof *last.bytes);
            free(last.blocks);
            free(last.bytes);
        }
        last = now;
    }
    report_live(live_peak);
    return 0;
}
