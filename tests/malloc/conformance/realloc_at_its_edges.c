// realloc of NULL is malloc; realloc to nothing is free; an impossible size leaves
// the block alone.
#include "../here.h"

int main(void)
{
    char *block = hide(realloc(NULL, hide_size(50)));
    CHECK(block != NULL && malloc_usable_size(block) >= 50);
    memset(block, 7, 50);
    errno = 0;
    CHECK(hide(realloc(block, hide_size(SIZE_MAX))) == NULL && errno == ENOMEM);
    CHECK(all_bytes_are(block, 50, 7) && malloc_usable_size(block) >= 50);
    errno = 0;
    CHECK(hide(realloc(block, hide_size(0))) == NULL && errno == 0);
    CHECK(malloc_usable_size(block) == 0);
    char *large = take(1 << 20);
    CHECK(hide(realloc(large, hide_size(0))) == NULL);
    CHECK(malloc_usable_size(large) == 0);
    return 0;
}
