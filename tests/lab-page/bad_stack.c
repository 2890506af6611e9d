// The address of a local variable is in no page of the heap.
// expect-stderr: allotment: dealloc({bad}): not in any page of this heap; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    char local[64] = "mine";
    CHECK(init_alloc() == 0);
    char *block = alloc(4088);
    CHECK(block != NULL);
    name_address("bad", local);
    dealloc(local);
    CHECK(strcmp(local, "mine") == 0);
    CHECK(alloc(16) == NULL && alloc(8) != NULL);
    return 0;
}
