// malloc_info adds up when a thread keeps large blocks that it has freed: no sum of what
// is left is below zero.
#include "../here.h"

#include <stdio.h>

int main(void)
{
    static char text[1 << 16];
    char *blocks[8];
    // More than once, as the heap looks at what it keeps when it begins.
    for (int round = 0; round < 3; round++) {
        for (size_t size = 64 << 10; size <= 512 << 10; size += 64 << 10) {
            size_t count = (512 << 10) / size;
            for (size_t n = 0; n < count; n++)
                blocks[n] = take(size);
            for (size_t n = 0; n < count; n++)
                free(blocks[n]);
        }
    }
    FILE *stream = fmemopen(text, sizeof text, "w");
    CHECK(stream != NULL && malloc_info(0, stream) == 0 && fclose(stream) == 0);
    int sums = 0;
    for (char *at = text; (at = strstr(at, "size=\"")) != NULL; sums++) {
        at += strlen("size=\"");
        CHECK(strtoul(at, NULL, 10) < (size_t)1 << 40);
    }
    CHECK(sums >= 6);
    return 0;
}
