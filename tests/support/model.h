// A stupid model of a page: one byte per unit says taken or free, and every
// question is answered by looking at all of them. The program under test may
// put a block anywhere; the model says whether a place is right, never which.
#ifndef MODEL_H
#define MODEL_H

#include "check.h"

// After alloc.h or ealloc.h: units to a page.
#define UNITS (PAGESIZE / MINALLOC)

struct model {
    char *page;
    unsigned char taken[UNITS];
};

// The bytes of the longest run of free units: the largest request that fits.
static inline int model_largest(const struct model *model)
{
    int longest = 0, run = 0;
    for (int unit = 0; unit < UNITS; unit++) {
        run = model->taken[unit] ? 0 : run + 1;
        if (run > longest)
            longest = run;
    }
    return longest * MINALLOC;
}

static inline void model_mark(struct model *model, const char *block, int size, int taken)
{
    CHECK(block >= model->page && block + size <= model->page + PAGESIZE);
    CHECK((block - model->page) % MINALLOC == 0);
    for (int unit = 0; unit < size / MINALLOC; unit++) {
        unsigned char *mark = &model->taken[(block - model->page) / MINALLOC + unit];
        CHECK(*mark != taken);
        *mark = (unsigned char)taken;
    }
}

// Notes a block given out; fails when any of it was taken already.
static inline void model_take(struct model *model, const char *block, int size)
{
    model_mark(model, block, size, 1);
}

// Notes a block given back.
static inline void model_give(struct model *model, const char *block, int size)
{
    model_mark(model, block, size, 0);
}

// The live blocks of a program, in no order.
struct blocks {
    int count;
    char *start[UNITS];
    int size[UNITS];
};

static inline void blocks_add(struct blocks *blocks, char *start, int size)
{
    CHECK(blocks->count < UNITS);
    blocks->start[blocks->count] = start;
    blocks->size[blocks->count++] = size;
}

// Forgets block `n`; the last one moves into its place.
static inline void blocks_remove(struct blocks *blocks, int n)
{
    blocks->count--;
    blocks->start[n] = blocks->start[blocks->count];
    blocks->size[n] = blocks->size[blocks->count];
}

// Fills what is free with blocks of `size`, then of MINALLOC, and keeps those of
// `size` in the order of their addresses, wherever the heap chose to put them.
static inline void blocks_fill(struct blocks *blocks, int size)
{
    for (char *start; blocks->count < PAGESIZE / size && (start = alloc(size)) != NULL;) {
        int place = blocks->count;
        blocks_add(blocks, start, size);
        for (; place > 0 && blocks->start[place - 1] > start; place--)
            blocks->start[place] = blocks->start[place - 1];
        blocks->start[place] = start;
    }
    CHECK(blocks->count == PAGESIZE / size);
    for (int left = PAGESIZE % size; left > 0; left -= MINALLOC)
        CHECK(alloc(MINALLOC) != NULL);
}

#endif
