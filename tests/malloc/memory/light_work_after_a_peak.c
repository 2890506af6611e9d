// After a peak of 1 GiB, of which 95 % are freed, memory goes back to the system
// however little the program does then: a block at a time, always of the same size, or
// what opening a file takes. Each of these finds its blocks where it left them.
// links: shared static
#include "elastic.h"

#include <stdio.h>

static void same_block(void)
{
    free(take(64));
}

static void some_block(void)
{
    free(take((size_t)random_below(&seed, 4000)));
}

static void a_hundred_blocks(void)
{
    char *few[100];
    for (int n = 0; n < 100; n++)
        few[n] = take(128);
    for (int n = 0; n < 100; n++)
        free(few[n]);
}

static void file(void)
{
    char line[100];
    FILE *stream = fopen("/proc/self/stat", "r");
    CHECK(stream != NULL && fgets(line, sizeof line, stream) != NULL);
    fclose(stream);
}

static const struct { void (*work)(void); int pause_ms; } kinds[] = {
    {same_block, 1}, {some_block, 50}, {a_hundred_blocks, 10}, {file, 5}};

static void peak_and_work(int kind)
{
    memset(blocks, 1, sizeof blocks);
    memset(sizes, 1, sizeof sizes);
    memset(order, 1, sizeof order);
    long before = rss_bytes();
    fill(4 << 10, 1 << 20);
    give_most();
    CHECK(falls_at(kinds[kind].work, kinds[kind].pause_ms, before));
    _exit(3);
}

int main(void)
{
    for (int kind = 0; kind < (int)(sizeof kinds / sizeof *kinds); kind++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            peak_and_work(kind);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
    return 0;
}
