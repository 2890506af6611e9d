/* Threads that live for a moment: what does a thread's first allocation cost, and its end? */
#include "field.h"

static void body(int number) {
    (void)number;
    void *blocks[200];
    for (int i = 0; i < 200; i++) {
        blocks[i] = checked(malloc(16 + (size_t)i * 8));
        *(volatile char *)blocks[i] = 1;
    }
    for (int i = 0; i < 200; i++) free(blocks[i]);
}

int main(int count, char **words) {
    read_arguments(count, words);
    for (uint64_t left = scaled(6000); left > 0; left--) on_threads(threads, body);
    return 0;
}
