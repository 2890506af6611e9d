/* The runs that sh6bench and sh8bench are made of. */
#include "field.h"

enum { RUN_MAX = 400, KEPT = 1 << 14, SIZE_TOP = 1000 };
typedef struct { void **blocks; } Kept;

static uint64_t rounds;
static int passes_on;
static Kept passed[THREADS_MAX];

static void drop_kept(Kept *kept) {
    if (!kept->blocks) return;
    for (int i = 0; i < KEPT; i++) free(kept->blocks[i]);
    free(kept->blocks);
    kept->blocks = NULL;
}

/* Blocks of one size; a third of them goes into `kept`, in place of older ones. */
static void run_of(size_t size, int length, void **kept, uint32_t *at) {
    void *blocks[RUN_MAX];
    for (int i = 0; i < length; i++) {
        blocks[i] = checked(malloc(size));
        *(volatile char *)blocks[i] = 1;
    }
    int third = length / 3;
    for (int i = 0; i < third; i++) free(blocks[i]);
    for (int i = length; i-- > 2 * third;) free(blocks[i]);
    for (int i = third; i < 2 * third; i++) {
        free(kept[*at]);
        kept[*at] = blocks[i];
        *at = (*at + 1) % KEPT;
    }
}

static void body(int number) {
    void **kept = (void **)checked(calloc(KEPT, sizeof *kept));
    uint32_t at = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        for (size_t size = 1; size <= SIZE_TOP; size += 1 + size / 16)
            for (int repeat = size < 128 ? 12 : size < 512 ? 4 : 1; repeat > 0; repeat--)
                run_of(size, RUN_MAX, kept, &at);
        if (passes_on && round % 4 == 3) {
            /* What this thread kept goes to the next; what came from the one before ends. */
            Kept mine = {kept}, came;
            void **slot = (void **)&passed[(number + 1) % threads].blocks;
            came.blocks = (void **)__atomic_exchange_n(slot, (void *)mine.blocks, __ATOMIC_ACQ_REL);
            drop_kept(&came);
            kept = (void **)checked(calloc(KEPT, sizeof *kept));
            at = 0;
        }
    }
    Kept mine = {kept};
    drop_kept(&mine);
}
