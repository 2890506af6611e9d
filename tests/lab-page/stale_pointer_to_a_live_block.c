// An old pointer to bytes that were given out anew, from the same start, is a
// pointer to the new block: no manager can tell, and it is freed in silence.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *old = alloc(64), *rest = alloc(4032);
    CHECK(old != NULL && rest != NULL);
    dealloc(old);
    char *anew = alloc(64);
    CHECK(anew == old);
    dealloc(old);
    CHECK(alloc(64) == anew);
    return 0;
}
