// ALLOTMENT_QUIET=1 silences the line, for every reason there is.
// env: ALLOTMENT_QUIET=1
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    char local;
    dealloc(&local);
    CHECK(init_alloc() == 0);
    char *block = alloc(64);
    CHECK(block != NULL);
    dealloc(&local);
    dealloc(block + 8);
    dealloc(block + 1);
    dealloc(block);
    dealloc(block);
    dealloc(block + 8);
    dealloc(block + 1);
    CHECK(alloc(4096) != NULL);
    CHECK(cleanup() == 0);
    dealloc(block);
    return 0;
}
