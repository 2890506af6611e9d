// dealloc of NULL is nothing: before init_alloc, in between, and after cleanup.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    dealloc(NULL);
    CHECK(init_alloc() == 0);
    char *block = alloc(4088);
    CHECK(block != NULL);
    dealloc(NULL);
    CHECK(alloc(16) == NULL && alloc(8) != NULL);
    CHECK(cleanup() == 0);
    dealloc(NULL);
    return 0;
}
