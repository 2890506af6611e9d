/* Does an operation cost the same however much is live, and however many threads there are?
 *
 *     growth MIB THREADS [read]
 *
 * The live memory is shared out among the threads; each replaces random blocks of 16 to
 * 1,000 bytes of its own, and with "read" looks into each one before it is freed, as most
 * programs do. Only the replacing is timed. Caches make a larger table slower for everybody:
 * the floor shows by how much. */
#include <time.h>

#include "field.h"

enum { SIZE_MIN = 16, SIZE_SPAN = 984, SIZE_MEAN = SIZE_MIN + SIZE_SPAN / 2 };

/* Replacements in all, and what each thread makes of them at least: with fewer, half of what
 * 64 threads take is how a processor's caches fill again when each begins. */
enum { STEPS = 6000000, STEPS_EACH_MIN = 1000000 };

static uint64_t blocks_each;
static int steps_each;
static int reads;
static uint64_t nanoseconds[THREADS_MAX];
static pthread_barrier_t filled;

static void *make(Random *state) {
    void *block = checked(malloc(SIZE_MIN + below(state, SIZE_SPAN)));
    *(volatile uint64_t *)block = (uint64_t)(uintptr_t)block;
    return block;
}

static void look_into(void *block) {
    if (*(volatile uint64_t *)block != (uint64_t)(uintptr_t)block) abort();
}

static void body(int number) {
    Random state = seeded((uint64_t)number + 1);
    void **blocks = (void **)checked(malloc(blocks_each * sizeof *blocks));
    for (uint64_t i = 0; i < blocks_each; i++) blocks[i] = make(&state);
    pthread_barrier_wait(&filled);
    struct timespec begin, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (int i = 0; i < steps_each; i++) {
        uint32_t at = below(&state, (uint32_t)blocks_each);
        if (reads) look_into(blocks[at]);
        free(blocks[at]);
        blocks[at] = make(&state);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    nanoseconds[number] = (uint64_t)((end.tv_sec - begin.tv_sec) * 1000000000L
                                     + end.tv_nsec - begin.tv_nsec);
    for (uint64_t i = 0; i < blocks_each; i++) free(blocks[i]);
    free(blocks);
}

int main(int count, char **words) {
    if (count < 3 || count > 4) return 2;
    reads = count == 4;
    if (reads && strcmp(words[3], "read") != 0) return 2;
    uint64_t live = strtoull(words[1], NULL, 10) << 20;
    threads = atoi(words[2]);
    if (threads < 1 || threads > THREADS_MAX) return 2;
    blocks_each = live / (uint64_t)threads / (SIZE_MEAN + sizeof(void *));
    if (!blocks_each) return 2;
    steps_each = STEPS / threads;
    if (steps_each < STEPS_EACH_MIN) steps_each = STEPS_EACH_MIN;
    pthread_barrier_init(&filled, NULL, (unsigned)threads);
    on_threads(threads, body);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) sum += nanoseconds[i];
    report_live(live);
    printf("nanoseconds_each %.2f\n", (double)sum / ((double)steps_each * threads));
    return 0;
}
