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

static void fill(int smallest, int largest)
{
    for (; live < PEAK_BYTES; live += sizes[count++]) {
        CHECK(count < BLOCKS_MAX);
        sizes[count] = (unsigned)(smallest + random_below(&seed, largest - smallest));
        blocks[count] = take(sizes[count]);
    }
}

static void give(int n)
{
    free(blocks[n]);
    live -= sizes[n];
}

// What a program does that is not idle: few blocks, for a moment each.
static void work_lightly(void)
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

// Whether memory falls to a quarter more than what is live, and 8 MiB, within 3 s.
static int falls(long before)
{
    for (int tenth = 0; tenth < 30; tenth++) {
        work_lightly();
        usleep(100000);
        if (rss_bytes() - before <= live + live / 4 + (8 << 20))
            return 1;
    }
    return 0;
}

#endif
