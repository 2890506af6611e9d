// An object deleted as one of another size.
// expect-stderr: allotment: operator delete({block}): a size of 100 for a block of 512 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

struct small { char bytes[100]; };
struct large { char bytes[500]; };

int main(void)
{
    struct small *block = (struct small *)hide(new large);
    name_address("block", block);
    delete block;
    return 0;
}
