// A slab that an ended thread leaves for the next one, with nothing in use in it, goes back
// when memory is trimmed.
#include "../options/statistics.h"

enum { BLOCK_BYTES = 1536 };

static void *work(void *unused)
{
    free(take(BLOCK_BYTES));
    return unused;
}

static int has_slab(void)
{
    fetch();
    return strstr(statistics, "\"block_bytes\": 1536,") != NULL;
}

int main(void)
{
    in_thread(work, NULL);
    CHECK(has_slab());
    malloc_trim(0);
    CHECK(!has_slab());
    return 0;
}
