// What the C library allocates for a program comes from this heap too.
#define _GNU_SOURCE
#include "../here.h"

#include <stdio.h>
#include <wchar.h>

int main(void)
{
    char *copy = strdup("a string"), *part = strndup("another", 3), *text = NULL, *line = NULL;
    CHECK(malloc_usable_size(copy) >= 9 && malloc_usable_size(part) >= 4);
    CHECK(asprintf(&text, "%d and %s", 12, copy) == 15 && malloc_usable_size(text) >= 16);
    wchar_t *wide = wcsdup(L"wide");
    CHECK(malloc_usable_size(wide) >= 5 * sizeof(wchar_t));
    FILE *stream = fopen("/proc/self/maps", "r");
    size_t size = 0;
    CHECK(stream != NULL && getline(&line, &size, stream) > 0);
    CHECK(malloc_usable_size(line) >= size);
    fclose(stream);
    char *path = realpath("/proc/../proc", NULL);
    CHECK(path != NULL && strcmp(path, "/proc") == 0 && malloc_usable_size(path) > 0);
    free(copy);
    free(part);
    free(text);
    free(wide);
    free(line);
    free(path);
    return 0;
}
