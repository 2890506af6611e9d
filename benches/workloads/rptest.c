/* rptest, after Mattias Jansson's rpmalloc-benchmark: each thread replaces blocks of its own
 * at random, sizes from 16 to 16,000 bytes with the small ones by far more frequent, writes
 * them, and hands a part of each round's blocks to another thread, which frees them. */
#include "field.h"

enum { OWN = 4000, HANDED = 400, MIN_BYTES = 16, MAX_BYTES = 16000 };

static void **mail[THREADS_MAX];
static uint64_t rounds;

static uint32_t size_of(Random *state) {
    double u = (below(state, 1u << 20) + 0.5) * 0x1p-20;
    return MIN_BYTES + (uint32_t)((MAX_BYTES - MIN_BYTES) * u * u * u * u);
}

static void drop_mail(void **letter) {
    if (!letter) return;
    for (int i = 0; i < HANDED; i++) free(letter[i]);
    free(letter);
}

static void body(int number) {
    Random state = seeded((uint64_t)number + 21);
    void **own = (void **)checked(calloc(OWN, sizeof *own));
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < OWN / 4; i++) {
            uint32_t at = below(&state, OWN), bytes = size_of(&state);
            free(own[at]);
            own[at] = checked(malloc(bytes));
            memset(own[at], 1, bytes < 256 ? bytes : 256);
        }
        void **letter = (void **)checked(malloc(HANDED * sizeof *letter));
        uint32_t first = below(&state, OWN - HANDED);
        for (int i = 0; i < HANDED; i++) {
            letter[i] = own[first + (uint32_t)i];
            own[first + (uint32_t)i] = NULL;
        }
        void ***box = &mail[(number + 1) % threads];
        drop_mail((void **)__atomic_exchange_n((void **)box, (void *)letter, __ATOMIC_ACQ_REL));
    }
    for (int i = 0; i < OWN; i++) free(own[i]);
    free(own);
}

int main(int count, char **words) {
    read_arguments(count, words);
    rounds = scaled(4000);
    on_threads(threads, body);
    for (int i = 0; i < THREADS_MAX; i++) drop_mail(mail[i]);
    return 0;
}
