// malloc_stats writes a summary on standard error, and nothing else.
#include "../here.h"

int main(void)
{
    int ends[2];
    char text[4096];
    CHECK(pipe(ends) == 0);
    int kept = dup(2);
    CHECK(kept >= 0 && dup2(ends[1], 2) == 2);
    char *block = take(1 << 20);
    malloc_stats();
    CHECK(dup2(kept, 2) == 2);
    ssize_t got = read(ends[0], text, sizeof text - 1);
    CHECK(got > 0);
    text[got] = '\0';
    for (char *line = text; *line; line = strchr(line, '\n') + 1)
        CHECK(strncmp(line, "allotment: ", 11) == 0 && strchr(line, '\n') != NULL);
    CHECK(strstr(text, " bytes in 1 blocks\n") != NULL);
    free(block);
    return 0;
}
