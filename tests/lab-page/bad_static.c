// The address of a static variable is in no page of the heap.
// expect-stderr: allotment: dealloc({bad}): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

static char table[64] = "mine";

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(4088);
    CHECK(block != NULL);
    name_address("bad", table);
    dealloc(table);
    CHECK(strcmp(table, "mine") == 0);
    CHECK(alloc(16) == NULL && alloc(8) != NULL);
    return 0;
}
