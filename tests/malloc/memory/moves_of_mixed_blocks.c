// A long block that lies in part where another had huge pages moves by the page tables, as
// any other: its pages are not written anew.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

#include <sys/resource.h>

enum { MIB = 1 << 20, LARGE_BYTES = 16 * MIB, LONG_BYTES = 70 * MIB, LONGER_BYTES = 100 * MIB };
enum { WRITTEN_BYTES = 24 * MIB, PAGE_BYTES = 4096, FAULTS_MAX = 600 };

static long faults(void)
{
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_minflt;
}

int main(void)
{
    need_huge_pages();
    need_huge_pages_on_advice();
    for (size_t bytes = 0; bytes < 6 * MIB; bytes += 64)
        take(64);
    char *large = (char *)hide(malloc(LARGE_BYTES));
    CHECK(large != NULL);
    memset(large, 1, LARGE_BYTES);
    free(large);
    char *block = (char *)hide(malloc(LONG_BYTES));
    CHECK(block != NULL && block <= large && large < block + LONG_BYTES);
    for (size_t at = 0; at < WRITTEN_BYTES; at += PAGE_BYTES)
        block[at] = (char)(at / PAGE_BYTES % 127);
    char *in_its_way = (char *)hide(malloc(LARGE_BYTES));
    CHECK(in_its_way != NULL && in_its_way > block && in_its_way < block + LONGER_BYTES);
    long before = faults();
    char *longer = (char *)realloc(block, LONGER_BYTES);
    CHECK(longer != NULL && longer != block);
    long more = faults() - before;
    name_address("faults", (void *)more);
    CHECK(more < FAULTS_MAX);
    for (size_t at = 0; at < WRITTEN_BYTES; at += PAGE_BYTES)
        CHECK(longer[at] == (char)(at / PAGE_BYTES % 127));
    free(longer);
    free(in_its_way);
    return 0;
}
