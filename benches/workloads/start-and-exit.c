/* Programs that do next to nothing: what does an allocator cost before main and after it?
 * This one starts itself again and again, each time allocating once. */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/wait.h>

#include "field.h"

extern char **environ;

int main(int count, char **words) {
    if (count > 1 && words[1][0] == '-') {
        free(checked(malloc(100)));
        return 0;
    }
    read_arguments(count, words);
    char *child_words[] = {words[0], "-", NULL};
    for (uint64_t left = scaled(500); left > 0; left--) {
        pid_t child;
        int status;
        if (posix_spawn(&child, words[0], NULL, NULL, child_words, environ)) return 1;
        if (waitpid(child, &status, 0) != child || status != 0) return 1;
    }
    return 0;
}
