/* alloc-test with one thread. */
#include "alloc-test.h"

int main(int count, char **words) {
    read_arguments(count, words);
    steps = scaled(12000000);
    body(0);
    return 0;
}
