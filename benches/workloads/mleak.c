/* mleak, after the test of that name in mimalloc-bench: threads end while their blocks live
 * on, and what they leave must not be lost. Each round's threads fill a table; the next
 * round's threads free what the last ones left. */
#include "field.h"

enum { BLOCKS = 20000 };

static void **tables[THREADS_MAX];
static int round_;

static void body(int number) {
    Random state = seeded((uint64_t)round_ * 64 + (uint64_t)number + 1);
    void **table = tables[number];
    for (int i = 0; i < BLOCKS; i++) {
        free(table[i]);
        table[i] = checked(malloc(16 + below(&state, 496)));
        *(volatile char *)table[i] = 1;
    }
}

int main(int count, char **words) {
    read_arguments(count, words);
    for (int i = 0; i < threads; i++) tables[i] = (void **)checked(calloc(BLOCKS, sizeof(void *)));
    for (uint64_t left = scaled(200); left > 0; left--, round_++) on_threads(threads, body);
    for (int i = 0; i < threads; i++) {
        for (int b = 0; b < BLOCKS; b++) free(tables[i][b]);
        free(tables[i]);
    }
    report_live((uint64_t)threads * BLOCKS * 264);
    return 0;
}
