/* xmalloc-test, after Chuck Lever's and David Boreham's ("malloc() performance in a
 * multithreaded Linux environment", 2000): some threads only allocate, others only free.
 * Blocks go from one to the other in batches, through a queue of limited length. */
#include "field.h"

enum { BATCH = 4096, QUEUE_MAX = 100 };
typedef struct Batch { struct Batch *next; void *blocks[BATCH]; } Batch;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_batch = PTHREAD_COND_INITIALIZER;
static pthread_cond_t has_room = PTHREAD_COND_INITIALIZER;
static Batch *first;
static uint32_t queued;
static uint64_t to_make, to_free;
static uint32_t size_min, size_span;
static int producers;

static void produce(Random *state) {
    for (;;) {
        pthread_mutex_lock(&lock);
        int is_last = to_make == 0;
        if (!is_last) to_make--;
        pthread_mutex_unlock(&lock);
        if (is_last) return;
        Batch *batch = (Batch *)checked(malloc(sizeof *batch));
        for (int i = 0; i < BATCH; i++) {
            size_t bytes = size_min + (size_span ? below(state, size_span) : 0);
            batch->blocks[i] = checked(malloc(bytes));
            *(volatile char *)batch->blocks[i] = 1;
        }
        pthread_mutex_lock(&lock);
        while (queued >= QUEUE_MAX) pthread_cond_wait(&has_room, &lock);
        batch->next = first;
        first = batch;
        queued++;
        pthread_cond_signal(&has_batch);
        pthread_mutex_unlock(&lock);
    }
}

static void consume(void) {
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!first && to_free) pthread_cond_wait(&has_batch, &lock);
        Batch *batch = first;
        if (batch) {
            first = batch->next;
            queued--;
            if (--to_free == 0) pthread_cond_broadcast(&has_batch);
            pthread_cond_signal(&has_room);
        }
        pthread_mutex_unlock(&lock);
        if (!batch) return;
        for (int i = 0; i < BATCH; i++) free(batch->blocks[i]);
        free(batch);
    }
}

static void body(int number) {
    Random state = seeded((uint64_t)number + 1);
    if (number < producers) produce(&state);
    else consume();
}
