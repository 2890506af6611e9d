// ALLOTMENT_QUIET=1 silences the line, for every reason there is.
// env: ALLOTMENT_QUIET=1
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    char local;
    dealloc(&local);
    init_alloc();
    char *block = alloc(1024);
    CHECK(block != NULL);
    dealloc(&local);
    dealloc(block + 256);
    dealloc(block + 1);
    dealloc(block);
    dealloc(block);
    dealloc(block + 256);
    dealloc(block + 1);
    CHECK(alloc(4096) != NULL);
    cleanup();
    dealloc(block);
    return 0;
}
