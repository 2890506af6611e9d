/* cache-thrash, after Emery Berger's (Hoard, 2000): does an allocator hand parts of one cache
 * line to two threads that ask at the same time (active false sharing)? */
#include "cache-lines.h"

static void body(int number) {
    (void)number;
    make_and_write();
}

int main(int count, char **words) {
    read_rounds(count, words);
    on_threads(threads, body);
    return 0;
}
