/* sh8bench, after MicroQuill's SmartHeap benchmark for several processors: sh6bench's runs on
 * every thread, and what stays is freed by the next thread. */
#include "sh-bench.h"

int main(int count, char **words) {
    read_arguments(count, words);
    rounds = scaled(60);
    passes_on = 1;
    on_threads(threads, body);
    for (int i = 0; i < THREADS_MAX; i++) drop_kept(&passed[i]);
    return 0;
}
