// Statistics look at what is in use, not at all addresses up to there: a block far out
// costs them no fault for each unit before it.
#define _GNU_SOURCE
#include "../here.h"

#include <sys/resource.h>

static long faults(void)
{
    struct rusage used;
    CHECK(getrusage(RUSAGE_SELF, &used) == 0);
    return used.ru_minflt;
}

int main(void)
{
    free(take(1));
    struct mallinfo2 before = mallinfo2();
    void *far = aligned_alloc(hide_size((size_t)1 << 40), 1);
    if (far == NULL)
        SKIP("no such addresses here");
    *(char *)far = 1;
    long count = faults();
    struct mallinfo2 after = mallinfo2();
    CHECK(faults() - count < 1000);
    CHECK(after.hblks == before.hblks + 1);
    free(far);
    return 0;
}
