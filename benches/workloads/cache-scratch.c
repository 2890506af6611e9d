/* cache-scratch, after Emery Berger's (Hoard, 2000): does an allocator hand parts of one
 * cache line to two threads after one of them was given a neighbour's block to free
 * (passive false sharing)? Each thread frees a block of the main thread's, then again and
 * again makes a small one and writes it many times. */
#include "cache-lines.h"

static char *given[THREADS_MAX];

static void body(int number) {
    free(given[number]);
    make_and_write();
}

int main(int count, char **words) {
    read_rounds(count, words);
    for (int i = 0; i < threads; i++) given[i] = checked(malloc(BYTES));
    on_threads(threads, body);
    return 0;
}
