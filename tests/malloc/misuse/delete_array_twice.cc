// An array deleted twice.
// expect-stderr: allotment: operator delete[]({block}): double free of a block of 112 bytes; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = (char *)hide(new char[100]);
    name_address("block", block);
    delete[] block;
    delete[] (char *)hide(block);
    return 0;
}
