// A program that had a gibibyte, keeps a twentieth of it, and goes on working lightly.
#ifndef ELASTIC_H
#define ELASTIC_H

#include "../here.h"

enum { PEAK_BYTES = 1 << 30, BLOCKS_MAX = 3000000 };

static char *blocks[BLOCKS_MAX];
static unsigned sizes[BLOCKS_MAX];
static int order[BLOCKS_MAX];
static uint64_t seed = 5;
static long live;
static int count;

static inline void fill(int smallest, int largest)
{
    for (; live < PEAK_BYTES; live += sizes[count++]) {
        CHECK(count < BLOCKS_MAX);
        sizes[count] = (unsigned)(smallest + random_below(&seed, largest - smallest));
        blocks[count] = take(sizes[count]);
    }
}

static inline void give(int n)
{
    free(blocks[n]);
    live -= sizes[n];
}

// What a program does that is not idle: few blocks, for a moment each.
static inline void work_lightly(void)
{
    for (int round = 0; round < 50; round++) {
        char *few[50];
        for (int n = 0; n < 50; n++)
            few[n] = take((size_t)random_below(&seed, 3000));
        for (int n = 0; n < 50; n++)
            free(few[n]);
    }
    free(take(100000));
}

// Gives nineteen blocks in twenty back, in random order.
static inline void give_most(void)
{
    for (int n = 0; n < count; n++)
        order[n] = n;
    shuffle(order, count, &seed);
    for (int n = 0; n < count; n++)
        if (n % 20 != 0)
            give(order[n]);
}

// Whether memory falls to a quarter more than what is live, and 8 MiB, within 3 s of
// `work`, after each piece of which the program sleeps for `pause_ms`.
static inline int falls_at(void (*work)(void), int pause_ms, long before)
{
    for (int passed_ms = 0; passed_ms < 3000; passed_ms += pause_ms) {
        work();
        usleep((useconds_t)pause_ms * 1000);
        if (rss_bytes() - before <= live + live / 4 + (8 << 20))
            return 1;
    }
    return 0;
}

static inline int falls(long before)
{
    return falls_at(work_lightly, 100, before);
}

#endif
