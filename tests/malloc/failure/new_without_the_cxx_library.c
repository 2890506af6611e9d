// Where no C++ library is there to throw std::bad_alloc, an operator new without memory
// says so and ends the program, for it must not return null.
// expect-stderr: allotment: operator new({size}): no memory; aborting
// expect-signal: SIGABRT
#include "../here.h"

// operator new(size); preloaded, it is there at run time only.
void *_Znwm(size_t size);
#pragma weak _Znwm

int main(void)
{
    free(take(1));
    put(1, "size=");
    put_number(1, 1ul << 60, 10);
    put(1, "\n");
    return _Znwm(hide_size((size_t)1 << 60)) == NULL;
}
