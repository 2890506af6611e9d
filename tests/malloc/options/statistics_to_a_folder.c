// What cannot be written is said at the end.
// expect-stderr: allotment: statistics cannot be written to /tmp (error 21); name another place in ALLOTMENT_STATISTICS
// env: ALLOTMENT_STATISTICS=/tmp
#include "../here.h"

int main(void)
{
    free(take(1));
    return 0;
}
