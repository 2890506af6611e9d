// A new-handler that throws: its exception leaves new, and what is on the way is
// destroyed; the forms that may not throw return null.
#include "../here.h"

#include <new>

struct Guard {
    int &left;
    ~Guard() { left++; }
};

static int calls, left;

static void handler()
{
    calls++;
    Guard guard{left};
    throw 42;
}

template <typename Function> static int thrown_by(Function function)
{
    try {
        Guard guard{left};
        function();
    } catch (int thrown) {
        return thrown;
    }
    return 0;
}

int main()
{
    std::nothrow_t quiet;
    std::align_val_t far{64};
    size_t impossible = hide_size((size_t)1 << 60);
    std::set_new_handler(handler);
    for (int n = 1; n <= 100; n++) {
        calls = left = 0;
        CHECK(thrown_by([=] { hide(::operator new(impossible)); }) == 42);
        CHECK(thrown_by([=] { hide(::operator new[](impossible)); }) == 42);
        CHECK(thrown_by([=] { hide(::operator new(impossible, far)); }) == 42);
        CHECK(calls == 3 && left == 6);
        CHECK(::operator new(impossible, quiet) == nullptr);
        CHECK(::operator new[](impossible, quiet) == nullptr);
        CHECK(::operator new[](impossible, far, quiet) == nullptr);
        CHECK(calls == 6 && left == 9);
        ::operator delete(::operator new(100));
    }
    return 0;
}
