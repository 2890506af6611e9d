// Without memory and without a new-handler, operator new says so and ends the
// program, for it must not return null, and cannot throw.
// expect-stderr: allotment: operator new({size}): no memory; aborting
// expect-signal: SIGABRT
#include "../here.h"

int main()
{
    put(1, "size=");
    put_number(1, 1ul << 60, 10);
    put(1, "\n");
    return ::operator new(hide_size((size_t)1 << 60)) == nullptr;
}
