// dealloc of NULL is nothing: before init_alloc, in between, and after cleanup.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    dealloc(NULL);
    init_alloc();
    dealloc(NULL);
    char *block = alloc(4096);
    CHECK(block != NULL);
    long one_page = vsz_bytes();
    dealloc(NULL);
    dealloc(block);
    CHECK(alloc(4096) == block && vsz_bytes() == one_page);
    cleanup();
    dealloc(NULL);
    return 0;
}
