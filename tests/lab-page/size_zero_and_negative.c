// Size zero and every negative size give NULL and change nothing.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    const int sizes[] = {-20480, -65536, -65528, INT_MIN, INT_MIN + 8, INT_MIN + 4096};
    CHECK(init_alloc() == 0);
    CHECK(alloc(0) == NULL);
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
        CHECK(alloc(sizes[n]) == NULL);
    for (int size = -10000; size <= 0; size++)
        CHECK(alloc(size) == NULL);
    CHECK(alloc(4096) != NULL);
    return 0;
}
