// A buffer that is too small gets the beginning of the JSON and a NUL; the answer is
// the size of it all.
#include "statistics.h"

int main(void)
{
    free(take(1));
    size_t all = allotment_statistics_json(NULL, 0);
    CHECK(all > 500);
    memset(statistics, 'x', sizeof statistics);
    CHECK(allotment_statistics_json(statistics, 1) == all && statistics[0] == '\0');
    CHECK(statistics[1] == 'x');
    CHECK(allotment_statistics_json(statistics, 100) == all && strlen(statistics) == 99);
    CHECK(statistics[0] == '{' && statistics[100] == 'x');
    CHECK(allotment_statistics_json(statistics, all + 1) == all && strlen(statistics) == all);
    CHECK(statistics[all - 1] == '\n' && statistics[all - 2] == '}' && statistics[all + 1] == 'x');
    return 0;
}
