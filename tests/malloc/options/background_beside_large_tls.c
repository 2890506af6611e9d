// The background thread starts in a program whose thread-local variables alone need more
// than the stack that is meant for it.
// env: ALLOTMENT_BACKGROUND=1
#include "../here.h"

#include <dirent.h>

static __thread char large[1 << 20];

int main(void)
{
    large[0] = 1;
    free(take(100));
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    int threads = 0;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;)
        threads += task->d_name[0] != '.';
    CHECK(threads == 2);
    return 0;
}
