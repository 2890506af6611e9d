// A program that calls every function of the C library's malloc, forks, and starts
// threads. Linked statically, none of them may come from the C library.
#define _GNU_SOURCE
#include "../here.h"

#include <stdio.h>

static void *thread(void *block)
{
    free(block);
    return malloc(100);
}

int main(void)
{
    void *place = NULL;
    free(calloc(3, 5));
    free(realloc(take(3), 100));
    CHECK(posix_memalign(&place, 64, 5) == 0);
    free(place);
    free(aligned_alloc(64, 64));
    free(memalign(64, 5));
    free(valloc(5));
    free(pvalloc(5));
    free(reallocarray(NULL, 3, 5));
    CHECK(malloc_usable_size(NULL) == 0 && malloc_trim(0) >= 0 && mallopt(M_MXFAST, 0) == 1);
    CHECK(mallinfo().arena >= 0 && mallinfo2().arena > 0);
    FILE *stream = fopen("/dev/null", "w");
    CHECK(stream != NULL && malloc_info(0, stream) == 0);
    fclose(stream);
    free(in_thread(thread, take(50)));
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        free(in_thread(thread, take(50)));
        _exit(3);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3);
    int kept = dup(2), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 2);
    malloc_stats();
    dup2(kept, 2);
    return 0;
}
