// Pages are anonymous, private, readable and writable, and nothing else.
#include "ealloc.h"
#include "../support/maps.h"

int main(void)
{
    init_alloc();
    for (int n = 0; n < 10; n++)
        CHECK(strncmp(maps_entry(alloc(4096)), "rw-p 00000000 00:00 0", 21) == 0);
    return 0;
}
