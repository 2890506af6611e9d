// dealloc before init_alloc: nothing can be freed yet, whatever the address.
// expect-stderr: allotment: dealloc({bad}): not initialised: call init_alloc first; nothing was freed
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    char local = 1;
    name_address("bad", &local);
    dealloc(&local);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    return 0;
}
