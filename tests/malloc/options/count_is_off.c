// Without ALLOTMENT_COUNT the JSON says that the calls are not all of them.
#include "statistics.h"

int main(void)
{
    for (int n = 0; n < 1000; n++)
        free(take(100));
    fetch();
    CHECK(strstr(statistics, "\"counted\": false") != NULL);
    CHECK(figure("\"calls", "allocations") < 500);
    return 0;
}
