/* Buffers that grow by a few bytes at a time, as text is put together: often there is room
 * already, and the question is how soon that is found. */
#include "field.h"

int main(int count, char **words) {
    read_arguments(count, words);
    for (uint64_t round = scaled(4); round > 0; round--) {
        char *buffer = NULL;
        for (size_t bytes = 64; bytes < 3000000; bytes += 64) {
            buffer = (char *)checked(realloc(buffer, bytes));
            buffer[bytes - 1] = 1;
        }
        free(buffer);
        for (int text = 0; text < 12000; text++) {
            char *small = NULL;
            for (size_t bytes = 16; bytes < 2000; bytes += 16) {
                small = (char *)checked(realloc(small, bytes));
                small[bytes - 1] = 1;
            }
            free(small);
        }
    }
    return 0;
}
