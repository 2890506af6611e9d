/* sh6bench, after MicroQuill's SmartHeap benchmark: for each size from 1 to 1,000 bytes a run
 * of blocks, small sizes more often; of each run a third stays for a while, a third is
 * freed in the order it came and a third in the opposite order. */
#include "sh-bench.h"

int main(int count, char **words) {
    read_arguments(count, words);
    rounds = scaled(90);
    body(0);
    return 0;
}
