/* xmalloc-test as it is usually run: as many threads that allocate as threads that free,
 * all blocks of 64 bytes. */
#include "xmalloc.h"

int main(int count, char **words) {
    read_arguments(count, words);
    size_min = 64;
    producers = threads;
    to_make = to_free = scaled(4500);
    on_threads(2 * threads, body);
    return 0;
}
