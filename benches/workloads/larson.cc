/* larson, after Per-Ake Larson's and Murali Krishnan's simulation of a server ("Memory
 * allocation for long-running server applications", 1998): each thread replaces random
 * blocks of its share, then hands the share to a new thread and ends. So blocks are freed
 * by threads that did not make them. The original runs for a time and counts; here the
 * work is fixed. Sizes 8 to 1,000, 5,000 blocks a thread. */
#include "field.h"

enum { SHARE = 5000, SIZE_MIN = 8, SIZE_MAX_ = 1000, GENERATIONS = 40 };

struct Share { char **blocks; Random state; int generations; };

static Share shares[THREADS_MAX];
static uint64_t steps;
static int running;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

static char *fresh(Random *state) {
    char *block = new char[SIZE_MIN + below(state, SIZE_MAX_ - SIZE_MIN)];
    block[0] = 1;
    return block;
}

static void *serve(void *argument) {
    Share *share = (Share *)argument;
    Random state = share->state;
    for (uint64_t i = 0; i < steps; i++) {
        uint32_t at = below(&state, SHARE);
        delete[] share->blocks[at];
        share->blocks[at] = fresh(&state);
    }
    share->state = state;
    if (--share->generations > 0) {
        pthread_t heir;
        if (pthread_create(&heir, nullptr, serve, share)) exit(1);
        pthread_detach(heir);
        return nullptr;
    }
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&ended);
    pthread_mutex_unlock(&lock);
    return nullptr;
}

int main(int count, char **words) {
    read_arguments(count, words);
    steps = scaled(320000);
    Random state = seeded(4141);
    uint32_t total = (uint32_t)threads * SHARE;
    char **blocks = new char *[total];
    for (uint32_t i = 0; i < total; i++) blocks[i] = fresh(&state);
    shuffle(&state, (void **)blocks, total);
    running = threads;
    for (int i = 0; i < threads; i++) {
        shares[i].blocks = blocks + i * SHARE;
        shares[i].state = seeded((uint64_t)i + 1);
        shares[i].generations = GENERATIONS;
        pthread_t first;
        if (pthread_create(&first, nullptr, serve, &shares[i])) return 1;
        pthread_detach(first);
    }
    pthread_mutex_lock(&lock);
    while (running) pthread_cond_wait(&ended, &lock);
    pthread_mutex_unlock(&lock);
    for (uint32_t i = 0; i < total; i++) delete[] blocks[i];
    delete[] blocks;
    return 0;
}
