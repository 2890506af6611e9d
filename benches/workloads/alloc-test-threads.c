/* alloc-test with a table for each thread. */
#include "alloc-test.h"

int main(int count, char **words) {
    read_arguments(count, words);
    steps = scaled(8000000);
    on_threads(threads, body);
    return 0;
}
