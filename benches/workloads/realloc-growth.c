/* Buffers that grow: by an eighth and by half (vectors, strings), from bytes to 400 KiB,
 * several at once, so that their neighbours are in the way. Only ends are written. */
#include "field.h"

enum { BUFFERS = 4 };

int main(int count, char **words) {
    read_arguments(count, words);
    static const size_t first[BUFFERS] = {16, 24, 100, 1000};
    for (uint64_t round = scaled(350); round > 0; round--) {
        char *buffer[BUFFERS];
        size_t bytes[BUFFERS];
        for (int i = 0; i < BUFFERS; i++) buffer[i] = (char *)checked(malloc(bytes[i] = first[i]));
        while (bytes[0] < 400000)
            for (int i = 0; i < BUFFERS; i++) {
                size_t more = bytes[i] + (i & 1 ? bytes[i] / 2 : bytes[i] / 8) + 8;
                if (more > 4000000) continue;
                buffer[i] = (char *)checked(realloc(buffer[i], more));
                buffer[i][bytes[i]] = buffer[i][more - 1] = 1;
                bytes[i] = more;
            }
        for (int i = 0; i < BUFFERS; i++) free(buffer[i]);
    }
    return 0;
}
