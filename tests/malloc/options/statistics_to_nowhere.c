// A folder that is not there is missed at the start, and not at the end once more.
// expect-stderr: allotment: statistics cannot be written to a file in /nonexistent (error 2); name another place in ALLOTMENT_STATISTICS
// env: ALLOTMENT_STATISTICS=/nonexistent/file.json
#include "../here.h"

int main(void)
{
    free(take(1));
    return 0;
}
