// A static variable deleted.
// expect-stderr: allotment: operator delete({p}): not a block of this heap, but a static variable of the program; aborting
// expect-signal: SIGABRT
#include "../here.h"

struct object { char bytes[100]; ~object() {} };

static char variable[100];

int main(void)
{
    delete new object;
    name_address("p", variable);
    operator delete(hide(variable));
    return 0;
}
