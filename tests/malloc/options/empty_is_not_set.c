// An option set to nothing is not set, and nothing is said.
// env: ALLOTMENT_ON_MISUSE=
// env: ALLOTMENT_DECAY_MS=
// env: ALLOTMENT_STATISTICS=
// env: ALLOTMENT_COUNT=
#include "../here.h"

int main(void)
{
    free(take(1));
    return 0;
}
