// Each mmap in turn fails once: init_alloc is an error, and works the next time.
// inject: mmap:error=ENOMEM:when={n}
// links: static
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    int failures = 0;
    for (int life = 0; life < 3; life++) {
        long before = vsz_bytes();
        if (init_alloc() != 0) {
            failures++;
            CHECK(vsz_bytes() == before);
            CHECK(alloc(8) == NULL && cleanup() != 0);
            CHECK(init_alloc() == 0);
        }
        char *page = alloc(4096);
        CHECK(page != NULL);
        memset(page, life, 4096);
        CHECK(cleanup() == 0 && vsz_bytes() == before);
    }
    CHECK(failures <= 1);
    return 0;
}
