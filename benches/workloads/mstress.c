/* mstress, after Daan Leijen's stress test of mimalloc: threads make blocks, most small, some
 * of 4 KiB and few of 64 KiB and more; keep some for long, swap some with other threads
 * through shared slots, free the rest; after each round all threads end and others begin. */
#include "field.h"

enum { SLOTS = 1000, LOCAL_MAX = 100000 };

static void *slots[SLOTS];
static uint64_t steps;
static int round_;

static void *make(Random *state) {
    uint32_t items = below(state, 1000) == 0  ? 8192 + below(state, 8192)
                     : below(state, 50) == 0 ? 512 + below(state, 2560)
                                             : 1u << below(state, 6);
    uint32_t bytes = 8 * (items + below(state, items));
    uint64_t *block = (uint64_t *)checked(malloc(bytes));
    uint32_t used = bytes < PAGE ? bytes : PAGE;
    for (uint32_t i = 0; i < used / 8; i++) block[i] = bytes ^ i;
    return block;
}

static void body(int number) {
    Random state = seeded((uint64_t)number * 977 + (uint64_t)round_ + 1);
    void **local = (void **)checked(malloc(LOCAL_MAX * sizeof *local));
    uint32_t held = 0;
    for (uint64_t i = 0; i < steps; i++) {
        uint32_t choice = below(&state, 100);
        if (choice < 50 && held < LOCAL_MAX) {
            local[held++] = make(&state);
        } else if (choice < 75 && held) {
            uint32_t at = below(&state, held);
            free(local[at]);
            local[at] = local[--held];
        } else if (held) {
            void *mine = local[--held];
            free(__atomic_exchange_n(&slots[below(&state, SLOTS)], mine, __ATOMIC_ACQ_REL));
        }
    }
    for (uint32_t i = 0; i < held; i++) free(local[i]);
    free(local);
}

int main(int count, char **words) {
    read_arguments(count, words);
    steps = scaled(130000);
    for (round_ = 0; round_ < 25; round_++) on_threads(threads, body);
    for (int i = 0; i < SLOTS; i++) free(slots[i]);
    return 0;
}
