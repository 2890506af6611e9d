// A name that begins like an option is reported with the nearest that is one; options
// of other parts of this project are none of this library's business.
// expect-stderr: allotment: ALLOTMENT_DECAYMS is no option, and has no effect; perhaps you mean ALLOTMENT_DECAY_MS (all of them: allotment options)
// env: ALLOTMENT_DECAYMS=1000
// env: ALLOTMENT_QUIET=1
// env: ALLOTMENT_LIBRARY=somewhere
// env: ALLOTMENTS=are gardens
#include "../here.h"

int main(void)
{
    free(take(1));
    return 0;
}
