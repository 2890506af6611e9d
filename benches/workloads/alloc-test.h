/* alloc-test, after Sergey Ignatchenko's and Dmytro Ivanchykhin's program: blocks at random
 * places of a table are freed and made again; few places are busy (Pareto: four fifths of
 * the work on one fifth), each doubling of the size is half as likely, and every byte is
 * written when a block is made and read when it ends. */
#include "field.h"

enum { PLACES = 1 << 16, SIZE_LOG_MAX = 10 };
typedef struct { unsigned char *block; uint32_t bytes; } Place;

static uint64_t steps;
static volatile uint64_t sink;

static uint32_t pareto_place(Random *state) {
    uint32_t span = PLACES;
    /* Twice: a fifth of what is left, four times of five. */
    for (int i = 0; i < 2 && below(state, 5); i++) span /= 5;
    return below(state, span);
}

static uint32_t size_of(Random *state) {
    uint32_t log = 3 + (uint32_t)__builtin_ctz((uint32_t)next(state) | 1u << (SIZE_LOG_MAX - 4));
    return (1u << log) + below(state, 1u << log);
}

static void body(int number) {
    Random state = seeded((uint64_t)number + 3);
    Place *table = (Place *)checked(calloc(PLACES, sizeof *table));
    uint64_t sum = 0;
    for (uint64_t i = 0; i < steps; i++) {
        Place *place = &table[pareto_place(&state)];
        if (place->block) {
            for (uint32_t at = 0; at < place->bytes; at += 8) sum += place->block[at];
            free(place->block);
            place->block = NULL;
        } else {
            place->bytes = size_of(&state);
            place->block = (unsigned char *)checked(malloc(place->bytes));
            memset(place->block, (int)i, place->bytes);
        }
    }
    for (uint32_t i = 0; i < PLACES; i++) free(table[i].block);
    free(table);
    sink = sum;
}
