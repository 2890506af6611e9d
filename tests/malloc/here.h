// What the programs of these folders share: pointers and sizes of which the
// compiler knows nothing, so that it neither warns nor optimizes, and threads in
// one line. As in check.h, nothing here allocates by itself.
#ifndef HERE_H
#define HERE_H

#include "../support/check.h"

#include <malloc.h>
#include <pthread.h>

#include <allotment.h>

static inline void *hide(const void *pointer)
{
    void *hidden = (void *)(uintptr_t)pointer;
    __asm__ volatile("" : "+r"(hidden));
    return hidden;
}

static inline size_t hide_size(size_t size)
{
    __asm__ volatile("" : "+r"(size));
    return size;
}

// A block of `size` bytes, written to the end.
static inline char *take(size_t size)
{
    char *block = (char *)hide(malloc(hide_size(size)));
    CHECK(block != NULL);
    memset(block, 0x5a, size);
    return block;
}

// Runs `function` in a thread of its own, to its end.
static inline void *in_thread(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    void *result;
    CHECK(pthread_create(&thread, NULL, function, argument) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    return result;
}

static inline void *free_it(void *block)
{
    free(block);
    return NULL;
}

#endif
