// When there is no memory, new calls the new-handler until there is; a new that
// may not throw returns null once there is no handler.
#include "../here.h"

#include <new>

static int calls;
static size_t wanted;

static void handler()
{
    if (++calls == 3)
        wanted = 100;
    if (calls == 6)
        std::set_new_handler(nullptr);
}

int main()
{
    std::nothrow_t quiet;
    size_t impossible = hide_size((size_t)1 << 60);
    CHECK(::operator new(impossible, quiet) == nullptr);
    CHECK(::operator new[](impossible, std::align_val_t{64}, quiet) == nullptr);
    std::set_new_handler(handler);
    CHECK(::operator new(impossible, quiet) == nullptr);
    CHECK(calls == 6 && wanted == 100);
    ::operator delete(::operator new(wanted));
    CHECK(calls == 6);
    return 0;
}
