// Large blocks that a thread keeps for its next allocations are free ones: mallinfo2's
// figures add up, and malloc_info's.
#define _GNU_SOURCE
#include "../here.h"

#include <stdio.h>

// The size in the last `<total type="…"/>` of the text.
static size_t total(const char *text, const char *type)
{
    char start[40];
    const char *at = NULL;
    snprintf(start, sizeof start, "<total type=\"%s\"", type);
    for (const char *next = text; (next = strstr(next, start)) != NULL; next++)
        at = next;
    CHECK(at != NULL && (at = strstr(at, "size=\"")) != NULL);
    return strtoul(at + 6, NULL, 10);
}

int main(void)
{
    static char *blocks[100], text[1 << 16];
    static struct mallinfo2 info;
    int count = 0;
    FILE *stream = fmemopen(text, sizeof text, "w");
    CHECK(stream != NULL);
    // As many of each length as are kept, so that there is hardly any other land.
    for (size_t units = 1; units <= 8; units++)
        for (size_t n = 0; n < 12 / units; n++)
            blocks[count++] = take(units << 16);
    char *large = take(1 << 20);
    for (int n = 0; n < count; n++)
        free(blocks[n]);
    CHECK(malloc_info(0, stream) == 0 && fclose(stream) == 0);
    info = mallinfo2();
    CHECK(info.hblks == 1 && info.hblkhd == 1 << 20);
    CHECK(info.uordblks + info.fordblks == info.arena && info.fsmblks <= info.fordblks);
    CHECK(total(text, "mmap") == 1 << 20);
    size_t fast = total(text, "fast"), rest = total(text, "rest");
    CHECK(fast >= 1 << 20 && rest <= info.arena && fast + rest <= info.arena);
    free(large);
    return 0;
}
