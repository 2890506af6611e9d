// Large blocks have huge pages where they are touched, and cost nothing where they are
// not. What is in them stays when they grow and shrink, and what is given back of them
// has no huge pages again.
// env: ALLOTMENT_HUGE_PAGES=always
#include "huge_pages.h"

#include <malloc.h>

enum { MIB = 1 << 20, LARGE_BYTES = 32 * MIB, LONGER_BYTES = 44 * MIB, PAGE_BYTES = 4096 };

// Bytes of mappings that the kernel may give huge pages.
static long advised_bytes(void)
{
    FILE *file = fopen("/proc/self/smaps", "r");
    CHECK(file != NULL);
    char line[512];
    long kib = 0, sum = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "Size: %ld", &kib);
        if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " hg") != NULL)
            sum += kib << 10;
    }
    fclose(file);
    return sum;
}

static void write_to(char *block, size_t from, size_t to)
{
    for (size_t at = from; at < to; at += PAGE_BYTES)
        block[at] = (char)(at / PAGE_BYTES % 127);
}

static void check_to(const char *block, size_t to)
{
    for (size_t at = 0; at < to; at += PAGE_BYTES)
        CHECK(block[at] == (char)(at / PAGE_BYTES % 127));
}

int main(void)
{
    need_huge_pages();
    need_huge_pages_on_advice();
    for (size_t bytes = 0; bytes < 6 * MIB; bytes += 64)
        take(64);
    long before = rss_bytes(), others = huge_bytes();
    char *block = (char *)hide(malloc(LARGE_BYTES));
    CHECK(block != NULL);
    CHECK(rss_bytes() - before < MIB);
    CHECK(advised_bytes() >= LARGE_BYTES);
    write_to(block, 0, LARGE_BYTES);
    CHECK(huge_bytes() - others >= LARGE_BYTES - 2 * HUGE_BYTES);
    block = (char *)realloc(block, LONGER_BYTES);
    CHECK(block != NULL);
    write_to(block, LARGE_BYTES, LONGER_BYTES);
    check_to(block, LONGER_BYTES);
    block = (char *)realloc(block, LARGE_BYTES / 2);
    CHECK(block != NULL);
    check_to(block, LARGE_BYTES / 2);
    char *zeros = (char *)calloc(1, LARGE_BYTES);
    CHECK(zeros != NULL);
    for (size_t at = 0; at < LARGE_BYTES; at += 64)
        CHECK(zeros[at] == 0);
    free(block);
    free(zeros);
    malloc_trim(0);
    CHECK(advised_bytes() == 0);
    CHECK(rss_bytes() - before < 2 * MIB);
    return 0;
}
