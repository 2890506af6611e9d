// Work of every kind, which goes on when there is no memory for a moment.
#ifndef WORK_THROUGH_FAILURES_H
#define WORK_THROUGH_FAILURES_H

#include "../here.h"

static int failures;

// What `call` gives, at the first or the second try.
#define AGAIN(call)                                   \
    __extension__({                                   \
        errno = 0;                                    \
        void *given = (call);                         \
        if (given == NULL) {                          \
            CHECK(errno == ENOMEM && failures++ < 3); \
            given = (call);                           \
            CHECK(given != NULL);                     \
        }                                             \
        given;                                        \
    })

static void work_through_failures(void)
{
    static char *blocks[300];
    for (int round = 0; round < 3; round++) {
        for (int n = 0; n < 300; n++) {
            size_t size = (size_t)n * n + 1;
            blocks[n] = AGAIN(n % 2 ? malloc(size) : calloc(1, size));
            memset(blocks[n], n, size);
        }
        for (int n = 0; n < 300; n += 3) {
            blocks[n] = AGAIN(realloc(blocks[n], (size_t)n * n * 2 + 100));
            CHECK(all_bytes_are(blocks[n], (size_t)n * n + 1, n));
        }
        for (int n = 0; n < 300; n++)
            free(blocks[n]);
        char *large = AGAIN(malloc(30 << 20));
        memset(large, 1, 30 << 20);
        char *in_its_way = AGAIN(malloc(30 << 20));
        large = AGAIN(realloc(large, 40 << 20));
        CHECK(all_bytes_are(large, 30 << 20, 1));
        large = AGAIN(realloc(large, 2 << 20));
        CHECK(all_bytes_are(large, 2 << 20, 1));
        free(in_its_way);
        free(large);
        malloc_trim(0);
        large = AGAIN(calloc(1, 30 << 20));
        CHECK(all_bytes_are(large, 30 << 20, 0));
        free(large);
    }
    CHECK(mallinfo2().hblks == 0);
    CHECK(vsz_bytes() < 10L << 40); // addresses are reserved once, whatever failed then
}

#endif
