/* espresso-like, after the logic minimiser of that name (Zorn and Grunwald's suite): the
 * complement of random covers by Shannon's expansion. Cubes are small bit sets of one
 * block each; covers are arrays of pointers that grow by realloc; both live as long as a
 * step of the recursion, so ages and sizes mix. */
#include "field.h"

enum { VARIABLES = 26, WORDS = 2 };
typedef struct { uint64_t bits[WORDS]; } Cube; /* two bits a variable: 01 is 0, 10 is 1, 11 any */
typedef struct { Cube **cubes; uint32_t count, capacity; } Cover;

static Random state;

static void add_cube(Cover *cover, const Cube *cube) {
    if (cover->count == cover->capacity) {
        cover->capacity = cover->capacity ? cover->capacity + cover->capacity / 2 : 4;
        cover->cubes = checked(realloc(cover->cubes, cover->capacity * sizeof *cover->cubes));
    }
    Cube *copy = checked(malloc(sizeof *copy));
    *copy = *cube;
    cover->cubes[cover->count++] = copy;
}

static void drop_cover(Cover *cover) {
    for (uint32_t i = 0; i < cover->count; i++) free(cover->cubes[i]);
    free(cover->cubes);
}

static unsigned literal(const Cube *cube, unsigned variable) {
    return (unsigned)(cube->bits[variable >> 5] >> ((variable & 31) * 2)) & 3;
}

static void set_literal(Cube *cube, unsigned variable, unsigned value) {
    unsigned shift = (variable & 31) * 2;
    uint64_t *word = &cube->bits[variable >> 5];
    *word = (*word & ~((uint64_t)3 << shift)) | (uint64_t)value << shift;
}

static Cube universe(void) {
    Cube cube;
    memset(&cube, 0xff, sizeof cube);
    return cube;
}

/* The cubes that meet `variable == value`, with that variable struck out. */
static Cover cofactor(const Cover *cover, unsigned variable, unsigned value) {
    Cover result = {0};
    for (uint32_t i = 0; i < cover->count; i++) {
        if (!(literal(cover->cubes[i], variable) & value)) continue;
        Cube cube = *cover->cubes[i];
        set_literal(&cube, variable, 3);
        add_cube(&result, &cube);
    }
    return result;
}

/* The variable that most cubes depend on, or VARIABLES if none does. */
static unsigned most_used(const Cover *cover) {
    unsigned best = VARIABLES;
    uint32_t uses_best = 0;
    unsigned *uses = checked(calloc(VARIABLES, sizeof *uses));
    for (uint32_t i = 0; i < cover->count; i++)
        for (unsigned v = 0; v < VARIABLES; v++) uses[v] += literal(cover->cubes[i], v) != 3;
    for (unsigned v = 0; v < VARIABLES; v++)
        if (uses[v] > uses_best) { uses_best = uses[v]; best = v; }
    free(uses);
    return best;
}

static int covers(const Cube *a, const Cube *b) {
    for (int w = 0; w < WORDS; w++)
        if (b->bits[w] & ~a->bits[w]) return 0;
    return 1;
}

static Cover complement(const Cover *cover) {
    Cover result = {0};
    Cube all = universe();
    if (cover->count == 0) {
        add_cube(&result, &all);
        return result;
    }
    unsigned variable = most_used(cover);
    if (variable == VARIABLES) return result; /* a cube without literals covers all */
    for (unsigned value = 1; value <= 2; value++) {
        Cover part = cofactor(cover, variable, value), rest = complement(&part);
        for (uint32_t i = 0; i < rest.count; i++) {
            Cube cube = *rest.cubes[i];
            set_literal(&cube, variable, value);
            uint32_t last = result.count;
            int is_new = 1;
            for (uint32_t j = last > 8 ? last - 8 : 0; j < last && is_new; j++)
                is_new = !covers(result.cubes[j], &cube);
            if (is_new) add_cube(&result, &cube);
        }
        drop_cover(&part);
        drop_cover(&rest);
    }
    return result;
}

int main(int count, char **words) {
    read_arguments(count, words);
    state = seeded(11);
    uint64_t cubes = 0;
    for (uint64_t round = scaled(16); round > 0; round--) {
        Cover cover = {0};
        for (uint32_t i = 18 + below(&state, 10); i > 0; i--) {
            Cube cube = universe();
            for (unsigned literals = 4 + below(&state, 3); literals > 0; literals--)
                set_literal(&cube, below(&state, VARIABLES), 1 + below(&state, 2));
            add_cube(&cover, &cube);
        }
        Cover rest = complement(&cover);
        cubes += rest.count;
        drop_cover(&rest);
        drop_cover(&cover);
    }
    printf("cubes %llu\n", (unsigned long long)cubes);
    return 0;
}
