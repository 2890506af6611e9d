// A block of which the pages come from elsewhere.
#ifndef MOVED_H
#define MOVED_H

#include "../here.h"

enum { MIB = 1 << 20 };

// Makes a block longer or shorter.
static inline char *resized(char *block, size_t size)
{
    return (char *)hide(realloc(hide(block), hide_size(size)));
}

// A block of `size` that was moved, with all its bytes `byte`.
static inline char *moved_block(size_t size, int byte)
{
    char *block = take(size / 2), *neighbour = take(size / 2);
    char *moved = resized(block, size);
    CHECK(moved != NULL && moved != block && all_bytes_are(moved, size / 2, 0x5a));
    memset(moved, byte, size);
    free(neighbour);
    return moved;
}

#endif
