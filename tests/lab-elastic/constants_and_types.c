// The header's constants and the four types are those of the handout.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    void (*init)(void) = init_alloc;
    void (*end)(void) = cleanup;
    char *(*take)(int) = alloc;
    void (*give)(char *) = dealloc;
    CHECK(PAGESIZE == 4096 && MINALLOC == 256);
    init();
    char *page = take(PAGESIZE);
    CHECK(page != NULL);
    give(page);
    CHECK(take(MINALLOC) != NULL && take(MINALLOC / 2) == NULL);
    end();
    return 0;
}
