// A large array deleted twice.
// expect-stderr: allotment: operator delete[]({block}): double free of a block of 1000000 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = (char *)hide(new char[1000000]);
    name_address("block", block);
    operator delete[](block);
    operator delete[](hide(block));
    return 0;
}
