// With ALLOTMENT_COUNT, every allocation and every free counts one, in all threads.
// env: ALLOTMENT_COUNT=1
#include "statistics.h"

static void *churn(void *unused)
{
    for (int n = 0; n < 1000; n++)
        free(take((size_t)n * 40)); // small and large
    return unused;
}

int main(void)
{
    in_thread(churn, NULL); // what a thread needs has its place now
    fetch();
    CHECK(strstr(statistics, "\"counted\": true") != NULL);
    size_t allocations = figure("\"calls", "allocations"), frees = figure("\"calls", "frees");
    churn(NULL);
    for (int n = 0; n < 10; n++)
        free(hide(calloc(10, 10)));
    fetch();
    CHECK(figure("\"calls", "allocations") == allocations + 1010);
    CHECK(figure("\"calls", "frees") == frees + 1010);
    in_thread(churn, NULL);
    fetch();
    // The C library takes something for a thread, and frees it, or not yet.
    CHECK(figure("\"calls", "allocations") >= allocations + 2010);
    CHECK(figure("\"calls", "allocations") <= allocations + 2020);
    CHECK(figure("\"calls", "frees") >= frees + 2010);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        churn(NULL);
        fetch();
        CHECK(figure("\"calls", "allocations") >= allocations + 3010);
        CHECK(figure("", "\"threads") == 1);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return 0;
}
