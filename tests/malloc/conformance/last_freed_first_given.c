// The block freed last is given out first: it is the one that is still in the
// processor's cache.
#include "../here.h"

int main(void)
{
    for (size_t size = 16; size <= 32768; size += size / 4) {
        char *a = take(size), *b = take(size), *c = take(size);
        free(a);
        free(b);
        free(c);
        CHECK(take(size) == c && take(size) == b && take(size) == a);
    }
    return 0;
}
