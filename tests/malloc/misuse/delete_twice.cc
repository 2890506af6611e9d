// An object deleted twice.
// expect-stderr: allotment: operator delete({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

struct object { char bytes[100]; };

int main(void)
{
    struct object *block = (struct object *)hide(new object);
    name_address("block", block);
    delete block;
    delete (struct object *)hide(block);
    return 0;
}
