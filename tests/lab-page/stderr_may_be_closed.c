// A bad pointer with stderr closed: there is nobody to tell, and nothing breaks.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(64);
    CHECK(block != NULL);
    close(2);
    dealloc(block + 8);
    dealloc(block);
    return alloc(4096) != NULL ? 0 : 1;
}
