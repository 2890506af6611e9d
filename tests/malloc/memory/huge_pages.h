// Huge pages: that this kernel makes some when it is asked to, and how many there are.
#ifndef HUGE_PAGES_H
#define HUGE_PAGES_H

#include "../here.h"

#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { HUGE_BYTES = 2 << 20 };

// Bytes of this process in huge pages.
static inline long huge_bytes(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    CHECK(file != NULL);
    char line[256];
    long kib = 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "AnonHugePages: %ld", &kib) == 1)
            break;
    fclose(file);
    return kib << 10;
}

// Skips the test for a kernel before 6.1, and where no huge page is to be had.
static inline void need_huge_pages(void)
{
    int how = MAP_PRIVATE | MAP_ANONYMOUS;
    char *two = (char *)mmap(NULL, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE, how, -1, 0);
    CHECK((void *)two != MAP_FAILED);
    char *one = (char *)(((uintptr_t)two + HUGE_BYTES - 1) & ~(uintptr_t)(HUGE_BYTES - 1));
    *one = 1;
    if (madvise(one, HUGE_BYTES, MADV_COLLAPSE) != 0 || huge_bytes() == 0)
        SKIP("no huge pages here");
    munmap(two, 2 * HUGE_BYTES);
}

// Whether this is how the system makes huge pages of its own accord: "[always]", "[never]".
static inline int huge_pages_come(const char *how)
{
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    char words[64] = "";
    if (file != NULL) {
        CHECK(fgets(words, sizeof words, file) != NULL);
        fclose(file);
    }
    return strstr(words, how) != NULL;
}

// Skips the test where a mapping gets no huge pages although it asks for them.
static inline void need_huge_pages_on_advice(void)
{
    if (huge_pages_come("[never]"))
        SKIP("the system makes no huge pages of its own accord");
}

#endif
