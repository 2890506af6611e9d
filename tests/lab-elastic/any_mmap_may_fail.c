// Each mmap in turn fails once: that alloc gives NULL, maps nothing and loses
// nothing, and the same request succeeds the next time.
// inject: mmap:error=ENOMEM:when={n}
// links: static
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    char *blocks[12];
    int failures = 0;
    for (int life = 0; life < 2; life++) {
        long start = vsz_bytes();
        init_alloc();
        for (int n = 0; n < 12; n++) {
            long before = vsz_bytes();
            if ((blocks[n] = alloc(2048)) == NULL) {
                failures++;
                CHECK(vsz_bytes() == before);
                CHECK((blocks[n] = alloc(2048)) != NULL);
            }
            memset(blocks[n], n, 2048);
        }
        CHECK(vsz_bytes() == start + 6 * 4096);
        for (int n = 0; n < 12; n++)
            CHECK(all_bytes_are(blocks[n], 2048, n));
        cleanup();
        CHECK(vsz_bytes() == start);
    }
    CHECK(failures <= 1);
    return 0;
}
