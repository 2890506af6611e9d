// A large block of zeros of which a part was in use before: that part is written, and no
// more.
#include "../here.h"

enum { ONCE_BYTES = 4 << 20 };
#define LARGE_BYTES ((size_t)2 << 30)

int main(void)
{
    char *once = take(ONCE_BYTES);
    free(once);
    long before = rss_bytes();
    char *zeros = (char *)hide(calloc(1, hide_size(LARGE_BYTES)));
    CHECK(zeros != NULL);
    CHECK(rss_bytes() - before <= ONCE_BYTES);
    for (size_t at = 0; at < LARGE_BYTES; at += 1 << 20)
        CHECK(zeros[at] == 0);
    for (size_t at = 0; at < 2 * ONCE_BYTES; at++)
        CHECK(zeros[at] == 0);
    return 0;
}
