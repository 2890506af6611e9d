/* 100 blocks of 64 KiB replaced at random. */
#include "blocks.h"

int main(int count, char **words) {
    read_arguments(count, words);
    replace(65536, 100, scaled(4000000));
    return 0;
}
