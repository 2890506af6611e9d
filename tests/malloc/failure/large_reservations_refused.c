// A system that refuses large reservations, as one without overcommit may: the
// library starts with what it gets, and extends that as long as it gets more.
#include "refusals.h"

static void use(void)
{
    static char *blocks[1000];
    for (size_t size = 10; size < 100000; size *= 3) {
        for (int n = 0; n < 1000; n++)
            blocks[n] = take(size);
        for (int n = 0; n < 1000; n++)
            free(blocks[n]);
    }
    // Far more than one piece has, in blocks and as one.
    for (int n = 0; n < 1000; n++) {
        CHECK((blocks[n] = malloc(hide_size(1 << 20))) != NULL);
        memset(blocks[n], n, 100);
    }
    for (int n = 0; n < 1000; n++)
        free(blocks[n]);
    char *large = malloc(hide_size(700 << 20));
    CHECK(large != NULL);
    large[0] = large[(700 << 20) - 1] = 1;
    free(large);
    errno = 0;
    CHECK(malloc(hide_size((size_t)1 << 40)) == NULL && errno == ENOMEM);
    for (size_t align = 1 << 20; align <= 256 << 20; align *= 2) {
        void *aligned = memalign(align, 100);
        CHECK(aligned != NULL && (uintptr_t)aligned % align == 0);
        free(aligned);
    }
    // And all of it goes back.
    malloc_trim(0);
    CHECK(rss_bytes() < 16 << 20);
}

int main(int argc, char **argv)
{
    start_again_refused_from(256 << 20, argc, argv);
    use();
    return 0;
}
