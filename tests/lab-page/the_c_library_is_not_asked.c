// No malloc of any kind, no mmap of the C library: a program that brings its
// own, which end it when called, runs through a whole life.
// links: archive shared
#include "alloc.h"
#include "../support/check.h"

static int armed;

static void *refuse(void)
{
    if (armed)
        put(2, "the library called back into the program\n"), _exit(3);
    return NULL;
}

#define FORBID(name, ...) \
    void *name(__VA_ARGS__) { return refuse(); }

FORBID(malloc, size_t)
FORBID(calloc, size_t, size_t)
FORBID(realloc, void *, size_t)
FORBID(aligned_alloc, size_t, size_t)
FORBID(mmap, void *, size_t, int, int, int, off_t)
FORBID(sbrk, intptr_t)
void free(void *block) { (void)block, refuse(); }
int munmap(void *at, size_t bytes) { (void)at, (void)bytes, refuse(); return -1; }

int main(void)
{
    armed = 1;
    CHECK(init_alloc() == 0);
    char *first = alloc(64), *second = alloc(2048);
    CHECK(first != NULL && second != NULL);
    dealloc(first);
    dealloc(second);
    CHECK(alloc(4096) != NULL && alloc(8) == NULL);
    CHECK(cleanup() == 0);
    armed = 0;
    return 0;
}
