/* 500 blocks of 4 KiB, the buffer of input and output, replaced at random. */
#include "blocks.h"

int main(int count, char **words) {
    read_arguments(count, words);
    replace(4096, 500, scaled(4000000));
    return 0;
}
