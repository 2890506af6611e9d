// The header's constants and the four types are those of the handout.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    int (*init)(void) = init_alloc;
    int (*end)(void) = cleanup;
    char *(*take)(int) = alloc;
    void (*give)(char *) = dealloc;
    CHECK(PAGESIZE == 4096 && MINALLOC == 8);
    CHECK(init() == 0);
    char *page = take(PAGESIZE);
    CHECK(page != NULL);
    give(page);
    CHECK(take(MINALLOC) != NULL && take(MINALLOC / 2) == NULL);
    CHECK(end() == 0);
    return 0;
}
