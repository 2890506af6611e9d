// What every program here shares. Nothing in this file allocates or maps: VSZ
// is measured to the page, and stdio would take memory at its first use.
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// Ends the program with code 1 and the place and condition on stderr.
#define CHECK(condition) \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

// Ends the program with code 77, which counts as skipped.
#define SKIP(reason) (put(1, reason "\n"), _exit(77))

static inline void put(int to, const char *text)
{
    if (write(to, text, strlen(text)) < 0)
        _exit(2);
}

static inline void put_number(int to, unsigned long number, unsigned base)
{
    char digits[24];
    int at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    put(to, digits + at);
}

__attribute__((noreturn)) static inline void check_failed(const char *file, int line,
                                                          const char *condition)
{
    put(2, file);
    put(2, ":");
    put_number(2, (unsigned long)line, 10);
    put(2, ": CHECK(");
    put(2, condition);
    put(2, ") failed\n");
    _exit(1);
}

// Prints `name=0x…`, which expect-stderr lines refer to as {name}.
static inline void name_address(const char *name, const void *address)
{
    put(1, name);
    put(1, "=0x");
    put_number(1, (unsigned long)(uintptr_t)address, 16);
    put(1, "\n");
}

// One of the first two fields of /proc/self/statm, in bytes.
static inline long statm_bytes(int field)
{
    char text[128];
    int from = open("/proc/self/statm", O_RDONLY);
    CHECK(from >= 0);
    ssize_t got = read(from, text, sizeof text - 1);
    CHECK(got > 0);
    close(from);
    text[got] = '\0';
    char *at = text;
    while (field-- > 0)
        at = strchr(at, ' ') + 1;
    return strtol(at, NULL, 10) * sysconf(_SC_PAGESIZE);
}

// The virtual memory size of this process.
static inline long vsz_bytes(void)
{
    return statm_bytes(0);
}

// The resident set size of this process.
static inline long rss_bytes(void)
{
    return statm_bytes(1);
}

// What a file of the kernel's tells in KiB behind a word, in bytes. Nothing here allocates.
static inline long told_bytes(const char *path, const char *word)
{
    static char text[4096];
    int from = open(path, O_RDONLY);
    CHECK(from >= 0);
    ssize_t got = read(from, text, sizeof text - 1);
    CHECK(got > 0);
    close(from);
    text[got] = '\0';
    const char *at = strstr(text, word);
    CHECK(at != NULL);
    return strtol(at + strlen(word), NULL, 10) * 1024;
}

// As `rss_bytes`, which the kernel may tell some hundred KiB too high or too low: counted.
static inline long rss_bytes_counted(void)
{
    return told_bytes("/proc/self/smaps_rollup", "\nRss:");
}

// The same sequence on every run: a failure can be run again.
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1dull;
}

// A number from 0 to below `limit`.
static inline int random_below(uint64_t *state, int limit)
{
    return (int)(next_random(state) >> 33) % limit;
}

// Brings `count` numbers into a random order.
static inline void shuffle(int *numbers, int count, uint64_t *state)
{
    for (int n = count - 1; n > 0; n--) {
        int other = random_below(state, n + 1), kept = numbers[n];
        numbers[n] = numbers[other];
        numbers[other] = kept;
    }
}

// Whether all `size` bytes from `at` are `byte`.
static inline int all_bytes_are(const char *at, size_t size, int byte)
{
    for (size_t n = 0; n < size; n++)
        if ((unsigned char)at[n] != (unsigned char)byte)
            return 0;
    return 1;
}

// Whether the page at `page` is mapped at all.
static inline int is_mapped(const void *page)
{
    unsigned char resident;
    return mincore((void *)((uintptr_t)page & ~(uintptr_t)4095), 4096, &resident) == 0;
}

#endif
