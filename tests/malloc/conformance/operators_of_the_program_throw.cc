// A program that has its own operator new, which throws: the forms that may not throw,
// and go through it, return null.
// links: shared
#include "../here.h"

#include <new>

static int calls;

void *operator new(size_t size)
{
    (void)size;
    calls++;
    throw 42;
}

void *operator new(size_t size, std::align_val_t align)
{
    (void)size, (void)align;
    calls++;
    throw 43;
}

int main()
{
    std::nothrow_t quiet;
    std::align_val_t far{64};
    for (int n = 0; n < 100; n++) {
        calls = 0;
        CHECK(::operator new(100, quiet) == nullptr);
        CHECK(::operator new[](100, quiet) == nullptr);
        CHECK(::operator new(100, far, quiet) == nullptr);
        CHECK(::operator new[](100, far, quiet) == nullptr);
        CHECK(calls == 4);
        int thrown = 0;
        try {
            hide(::operator new[](100));
        } catch (int what) {
            thrown = what;
        }
        CHECK(thrown == 42 && calls == 5);
    }
    return 0;
}
