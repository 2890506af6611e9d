// A program that has its own operator new and delete for single objects: arrays,
// and deletes with a size, go through them, as the standard has it.
// links: shared
// flags: -Wno-sized-deallocation
#include "../here.h"

#include <new>

static int taken, given;

// A header before each block, so that no other free can take it.
void *operator new(size_t size)
{
    taken++;
    char *block = (char *)malloc(size + 32);
    CHECK(block != nullptr);
    return block + 32;
}

void operator delete(void *block) noexcept
{
    given++;
    if (block != nullptr)
        free((char *)block - 32);
}

int main()
{
    int *one = new int(1);
    void (*volatile sized)(void *, size_t) = ::operator delete;
    sized(one, sizeof *one);
    CHECK(taken == 1 && given == 1);
    long *many = new long[100];
    delete[] many;
    CHECK(taken == 2 && given == 2);
    one = new (std::nothrow) int(1);
    ::operator delete(one, std::nothrow);
    CHECK(taken == 3 && given == 3);
    many = new (std::nothrow) long[100];
    void (*volatile sized_array)(void *, size_t) = ::operator delete[];
    sized_array(many, 100 * sizeof *many);
    CHECK(taken == 4 && given == 4);
    return 0;
}
