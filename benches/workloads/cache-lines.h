/* What cache-scratch and cache-thrash do: again and again make a small block, and write it
 * many times. */
#ifndef CACHE_LINES_H
#define CACHE_LINES_H

#include "field.h"

enum { BYTES = 8, WRITES = 20000 };

static uint64_t rounds;

static void make_and_write(void) {
    for (uint64_t i = 0; i < rounds; i++) {
        volatile char *block = checked(malloc(BYTES));
        for (int w = 0; w < WRITES; w++) block[w % BYTES] = (char)(block[w % BYTES] + w);
        free((void *)block);
    }
}

static void read_rounds(int count, char **words) {
    read_arguments(count, words);
    rounds = scaled(6000);
}

#endif
