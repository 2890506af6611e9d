// Each munmap in turn fails once: cleanup is an error that changes nothing, and
// works the next time.
// inject: munmap:error=ENOMEM:when={n}
// links: static
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    int failures = 0;
    for (int life = 0; life < 3; life++) {
        long before = vsz_bytes();
        CHECK(init_alloc() == 0);
        char *block = alloc(1024);
        CHECK(block != NULL);
        memset(block, life, 1024);
        if (cleanup() != 0) {
            failures++;
            CHECK(vsz_bytes() == before + 4096);
            CHECK(init_alloc() != 0);
            CHECK(all_bytes_are(block, 1024, life));
            dealloc(block);
            CHECK(alloc(4096) != NULL);
            CHECK(cleanup() == 0);
        }
        CHECK(vsz_bytes() == before);
    }
    CHECK(failures <= 1);
    return 0;
}
