// A block of the C library's malloc is not this heap's, and stays malloc's.
// expect-stderr: allotment: dealloc({bad}): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *foreign = (char *)malloc(100);
    CHECK(foreign != NULL);
    name_address("bad", foreign);
    dealloc(foreign);
    memset(foreign, 1, 100);
    free(foreign);
    CHECK(alloc(4096) != NULL);
    return 0;
}
