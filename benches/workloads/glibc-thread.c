/* glibc-thread, after glibc's benchtests/bench-malloc-thread: each thread replaces blocks of
 * a working set of its own at random; sizes up to 32 KiB, small ones by far more frequent
 * (the chance of a size falls with its square). */
#include "field.h"

enum { WORKING_SET = 1024, SIZE_MIN = 4, SIZE_MAX_ = 32768, DRAWS = 65536 };

static uint32_t sizes[DRAWS];
static uint64_t steps;

static void body(int number) {
    Random state = seeded((uint64_t)number + 1);
    void **set = checked(calloc(WORKING_SET, sizeof *set));
    for (uint64_t i = 0; i < steps; i++) {
        uint64_t draw = next(&state);
        uint32_t at = draw % WORKING_SET;
        free(set[at]);
        set[at] = checked(malloc(sizes[draw >> 48]));
        *(volatile char *)set[at] = 1;
    }
    for (int i = 0; i < WORKING_SET; i++) free(set[i]);
    free(set);
}

int main(int count, char **words) {
    read_arguments(count, words);
    steps = scaled(11000000);
    for (int i = 0; i < DRAWS; i++) {
        /* The inverse of the distribution whose density is size^-2. */
        double u = (i + 0.5) / DRAWS;
        sizes[i] = (uint32_t)(1.0 / (1.0 / SIZE_MIN - u * (1.0 / SIZE_MIN - 1.0 / SIZE_MAX_)));
    }
    on_threads(threads, body);
    return 0;
}
