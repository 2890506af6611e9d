// mallinfo2, mallinfo, malloc_info, malloc_trim and mallopt tell what there is.
#define _GNU_SOURCE
#include "../here.h"

#include <stdio.h>

int main(void)
{
    static char *blocks[1000];
    free(take(16));
    struct mallinfo2 before = mallinfo2();
    for (int n = 0; n < 1000; n++)
        blocks[n] = take(1024);
    char *large = take(10 << 20);
    struct mallinfo2 held = mallinfo2();
    struct mallinfo ints = mallinfo();
    CHECK(held.uordblks >= before.uordblks + 1024 * 1000);
    CHECK(held.hblkhd >= before.hblkhd + (10 << 20) && held.hblks == before.hblks + 1);
    CHECK(held.arena >= held.uordblks && held.uordblks + held.fordblks == held.arena);
    CHECK((size_t)ints.hblkhd == held.hblkhd && ints.uordblks > 0);

    static char text[1 << 16];
    FILE *stream = fmemopen(text, sizeof text, "w");
    CHECK(stream != NULL && malloc_info(1, stream) == EINVAL);
    CHECK(malloc_info(0, stream) == 0 && fclose(stream) == 0);
    CHECK(strncmp(text, "<malloc version=\"1\">\n<heap nr=\"0\">\n<sizes>\n", 43) == 0);
    CHECK(strstr(text, "</sizes>\n<total type=\"fast\" count=\"") != NULL);
    CHECK(strstr(text, "<size from=\"1\" to=\"16\" total=\"") != NULL);
    CHECK(strstr(text, "<total type=\"mmap\" count=\"1\" size=\"10485760\"/>\n<system") != NULL);
    CHECK(strstr(text, "</heap>\n<total") != NULL && strstr(text, "</malloc>\n") != NULL);
    stream = fopen("/dev/full", "w");
    CHECK(stream != NULL);
    setvbuf(stream, NULL, _IONBF, 0);
    CHECK(malloc_info(0, stream) == -1);
    fclose(stream);

    for (int n = 0; n < 1000; n++)
        free(blocks[n]);
    free(large);
    struct mallinfo2 after = mallinfo2();
    CHECK(after.uordblks < held.uordblks - 1000 * 1000 && after.hblks == before.hblks);
    CHECK(after.keepcost >= 10 << 20);
    long rss = rss_bytes();
    CHECK(malloc_trim(0) == 1);
    CHECK(rss_bytes() < rss - (9 << 20));
    CHECK(mallinfo2().keepcost == 0 && malloc_trim(0) == 0);
    CHECK(mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1 && mallopt(M_ARENA_MAX, 1) == 1);
    CHECK(mallopt(12345, 1) == 0);
    return 0;
}
