/* Fragmentation: J. M. Robson's adversary ("Worst case fragmentation of first fit and best
 * fit storage allocation strategies", 1977), in the simple form for powers of two: step k
 * frees all blocks but those that keep every aligned piece of 2^k bytes occupied, then
 * fills what is allowed with blocks of 2^k. */
#include "field.h"

enum { LOG_FIRST = 5, LOG_LAST = 16 };

typedef struct { char *at; uint32_t bytes; } Block;

static int by_address(const void *a, const void *b) {
    uintptr_t x = (uintptr_t)((const Block *)a)->at, y = (uintptr_t)((const Block *)b)->at;
    return x < y ? -1 : x > y;
}

int main(int count, char **words) {
    read_arguments(count, words);
    uint64_t live_max = scaled(48000000), live = 0;
    uint32_t total = 0, capacity = (uint32_t)(live_max >> LOG_FIRST) + 1;
    Block *blocks = (Block *)checked(malloc(capacity * sizeof *blocks));
    for (int log = LOG_FIRST; log <= LOG_LAST; log++) {
        /* Of each aligned piece of this size, one block stays. */
        qsort(blocks, total, sizeof *blocks, by_address);
        uint32_t kept = 0;
        uintptr_t piece_last = 0;
        for (uint32_t i = 0; i < total; i++) {
            uintptr_t piece = (uintptr_t)blocks[i].at >> log;
            if (piece == piece_last) {
                live -= blocks[i].bytes;
                free(blocks[i].at);
            } else {
                blocks[kept++] = blocks[i];
            }
            piece_last = piece;
        }
        total = kept;
        uint32_t bytes = 1u << log;
        while (live + bytes <= live_max && total < capacity) {
            Block block = {(char *)checked(malloc(bytes)), bytes};
            memset(block.at, 1, bytes);
            blocks[total++] = block;
            live += bytes;
        }
    }
    report_live(live_max + capacity * sizeof *blocks);
    return 0;
}
