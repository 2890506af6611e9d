// Without memory and without a new-handler, operator new throws std::bad_alloc, and the
// forms that may not throw return null. The heap works on.
#include "../here.h"

#include <new>
#include <string>

static size_t impossible;

template <typename Function> static bool throws_bad_alloc(Function function)
{
    try {
        std::string on_the_way(100, 'x');
        function();
    } catch (const std::bad_alloc &thrown) {
        return strcmp(thrown.what(), "std::bad_alloc") == 0;
    }
    return false;
}

int main()
{
    std::nothrow_t quiet;
    std::align_val_t far{64};
    impossible = hide_size((size_t)1 << 60);
    for (int n = 0; n < 100; n++) {
        CHECK(throws_bad_alloc([] { hide(::operator new(impossible)); }));
        CHECK(throws_bad_alloc([] { hide(::operator new[](impossible)); }));
        CHECK(throws_bad_alloc([=] { hide(::operator new(impossible, far)); }));
        CHECK(throws_bad_alloc([=] { hide(::operator new[](impossible, far)); }));
        CHECK(throws_bad_alloc([] { std::string(impossible, 'x'); }));
        CHECK(::operator new(impossible, quiet) == nullptr);
        CHECK(::operator new[](impossible, far, quiet) == nullptr);
        ::operator delete(::operator new(100));
    }
    return 0;
}
