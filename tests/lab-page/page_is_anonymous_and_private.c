// The page is anonymous, private, readable and writable, and nothing else.
#include "alloc.h"
#include "../support/maps.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    const char *entry = maps_entry(alloc(8));
    CHECK(strncmp(entry, "rw-p 00000000 00:00 0", 21) == 0);
    return 0;
}
