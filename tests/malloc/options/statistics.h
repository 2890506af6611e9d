// Reading the JSON of the statistics: the number after a name, by the simplest of
// means. Nothing here allocates.
#ifndef STATISTICS_H
#define STATISTICS_H

#include "../here.h"

// Preloaded, it is there at run time only.
#pragma weak allotment_statistics_json

static char statistics[1 << 16];

// Fetches the statistics.
static inline void fetch(void)
{
    size_t bytes = allotment_statistics_json(statistics, sizeof statistics);
    CHECK(bytes > 0 && bytes < sizeof statistics && strlen(statistics) == bytes);
}

// The number that follows `from`, `then`: names, as they are written.
static inline size_t figure(const char *from, const char *then)
{
    const char *at = strstr(statistics, from);
    CHECK(at != NULL && (at = strstr(at, then)) != NULL);
    at += strlen(then);
    CHECK(at[0] == '"' && at[1] == ':' && at[2] == ' ' && at[3] >= '0' && at[3] <= '9');
    return strtoul(at + 3, NULL, 10);
}

#endif
