/* One thread allocates, one only frees (a pattern of servers, and of reports that a
 * process grows without end): sizes from 16 bytes to 2 KiB. */
#include "xmalloc.h"

int main(int count, char **words) {
    read_arguments(count, words);
    size_min = 16;
    size_span = 2032;
    producers = 1;
    to_make = to_free = scaled(1200);
    on_threads(2, body);
    return 0;
}
