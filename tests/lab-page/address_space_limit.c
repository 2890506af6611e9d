// With no address space left init_alloc is an error; with some, it works again.
#include "alloc.h"
#include "../support/check.h"
#include <sys/resource.h>

int main(void)
{
    struct rlimit before, tight;
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    tight = before;
    tight.rlim_cur = (rlim_t)vsz_bytes();
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    CHECK(init_alloc() != 0);
    CHECK(alloc(8) == NULL);
    CHECK(cleanup() != 0);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    CHECK(init_alloc() == 0);
    CHECK(alloc(4096) != NULL);
    CHECK(cleanup() == 0);
    return 0;
}
