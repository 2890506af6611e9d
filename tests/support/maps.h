// /proc/self/maps, read into a static buffer: a second opinion beside VSZ.
#ifndef MAPS_H
#define MAPS_H

#include "check.h"

static inline const char *maps_text(void)
{
    static char text[1 << 16];
    size_t used = 0;
    ssize_t got;
    int from = open("/proc/self/maps", O_RDONLY);
    CHECK(from >= 0);
    while ((got = read(from, text + used, sizeof text - 1 - used)) > 0)
        used += (size_t)got;
    close(from);
    text[used] = '\0';
    return text;
}

// The rest of the line `from-to perms offset dev inode name` of the mapping
// that holds `address`, after the range; empty when it is not mapped.
static inline const char *maps_entry(const void *address)
{
    for (const char *line = maps_text(); *line; line = strchr(line, '\n') + 1) {
        char *rest;
        unsigned long from = strtoul(line, &rest, 16), to = strtoul(rest + 1, &rest, 16);
        if ((uintptr_t)address >= from && (uintptr_t)address < to)
            return rest + 1;
    }
    return "";
}

// How many mappings there are.
static inline int maps_count(void)
{
    int count = 0;
    for (const char *at = maps_text(); (at = strchr(at, '\n')) != NULL; at++)
        count++;
    return count;
}

// The bytes of all mappings together.
static inline unsigned long maps_bytes(void)
{
    unsigned long bytes = 0;
    for (const char *line = maps_text(); *line; line = strchr(line, '\n') + 1) {
        char *rest;
        unsigned long from = strtoul(line, &rest, 16);
        bytes += strtoul(rest + 1, &rest, 16) - from;
    }
    return bytes;
}

#endif
