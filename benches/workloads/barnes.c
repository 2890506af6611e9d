/* barnes, after the Barnes-Hut program of Stanford's SPLASH suite: gravity among bodies by
 * an octree. The cells of each step's tree are blocks of their own, made in the order the
 * bodies come and freed together; reading them is most of the time. */
#include <math.h>

#include "field.h"

typedef struct { double at[3], velocity[3], mass; } Body_;
typedef struct Cell {
    double centre[3], half, sum[3], mass;
    struct Cell *child[8];
    Body_ *body;
} Cell;

static Cell *make_cell(const double centre[3], double half) {
    Cell *cell = checked(calloc(1, sizeof *cell));
    memcpy(cell->centre, centre, sizeof cell->centre);
    cell->half = half;
    return cell;
}

static Cell **place_of(Cell *cell, const Body_ *body) {
    int octant = 0;
    for (int d = 0; d < 3; d++) octant |= (body->at[d] >= cell->centre[d]) << d;
    if (!cell->child[octant]) {
        double centre[3], half = cell->half / 2;
        for (int d = 0; d < 3; d++) centre[d] = cell->centre[d] + (octant >> d & 1 ? half : -half);
        cell->child[octant] = make_cell(centre, half);
    }
    return &cell->child[octant];
}

static void insert(Cell *cell, Body_ *body) {
    for (;;) {
        int is_empty = cell->mass == 0;
        for (int d = 0; d < 3; d++) cell->sum[d] += body->at[d] * body->mass;
        cell->mass += body->mass;
        if (is_empty) {
            cell->body = body;
            return;
        }
        if (cell->body && cell->half > 1e-6) {
            Cell *below_ = *place_of(cell, cell->body);
            insert(below_, cell->body);
            cell->body = NULL;
        }
        if (cell->half <= 1e-6) return;
        cell = *place_of(cell, body);
    }
}

static void pull(const Cell *cell, const Body_ *body, double force[3]) {
    double way[3], square = 1e-4;
    for (int d = 0; d < 3; d++) {
        way[d] = cell->sum[d] / cell->mass - body->at[d];
        square += way[d] * way[d];
    }
    if (cell->body || cell->half * cell->half * 4 < square * 0.8) {
        if (cell->body == body) return;
        double strength = cell->mass / (square * sqrt(square));
        for (int d = 0; d < 3; d++) force[d] += way[d] * strength;
        return;
    }
    for (int i = 0; i < 8; i++)
        if (cell->child[i]) pull(cell->child[i], body, force);
}

static void drop_tree(Cell *cell) {
    for (int i = 0; i < 8; i++)
        if (cell->child[i]) drop_tree(cell->child[i]);
    free(cell);
}

int main(int count, char **words) {
    read_arguments(count, words);
    Random state = seeded(5);
    uint32_t bodies = (uint32_t)scaled(12000);
    Body_ *body = checked(calloc(bodies, sizeof *body));
    for (uint32_t i = 0; i < bodies; i++) {
        double span = i & 1 ? 0.3 : 1;
        for (int d = 0; d < 3; d++) body[i].at[d] = below(&state, 1u << 20) * 0x1p-20 * span;
        body[i].mass = 1.0 / bodies;
    }
    for (int step = 0; step < 4; step++) {
        double centre[3] = {0, 0, 0};
        Cell *tree = make_cell(centre, 2);
        for (uint32_t i = 0; i < bodies; i++) insert(tree, &body[i]);
        for (uint32_t i = 0; i < bodies; i++) {
            double force[3] = {0, 0, 0};
            pull(tree, &body[i], force);
            for (int d = 0; d < 3; d++) body[i].velocity[d] += force[d] * 1e-3;
        }
        for (uint32_t i = 0; i < bodies; i++)
            for (int d = 0; d < 3; d++) {
                double to = body[i].at[d] + body[i].velocity[d] * 1e-3;
                body[i].at[d] = fmin(1.9, fmax(-1.9, to));
            }
        drop_tree(tree);
    }
    printf("at %.6f\n", body[0].at[0]);
    free(body);
    return 0;
}
