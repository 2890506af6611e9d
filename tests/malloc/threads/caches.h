// A thread's caches, as full as they get.
#ifndef CACHES_H
#define CACHES_H

#include "../here.h"

enum { CACHES_BYTES_MIN = 4 << 20 };

// Leaves blocks of 64 KiB to 512 KiB with the calling thread, several MiB in all.
static inline void fill_caches(void)
{
    char *blocks[40];
    int count = 0;
    for (size_t units = 1; units <= 8; units++)
        for (size_t n = 0; n < 12 / units; n++)
            blocks[count++] = take(units << 16);
    while (count > 0)
        free(blocks[--count]);
}

#endif
