// Whatever way a block takes from size to size, what fits stays in it.
#include "../here.h"

static void fill(unsigned char *block, size_t from, size_t to, unsigned seed)
{
    for (size_t n = from; n < to; n++)
        block[n] = (unsigned char)(n * 31 + n / 256 + seed);
}

static int is_filled(const unsigned char *block, size_t size, unsigned seed)
{
    for (size_t n = 0; n < size; n++)
        if (block[n] != (unsigned char)(n * 31 + n / 256 + seed))
            return 0;
    return 1;
}

int main(void)
{
    enum { BLOCKS = 20 };
    static const int log2_max[] = {8, 12, 16, 19};
    unsigned char *blocks[BLOCKS] = {0};
    size_t sizes[BLOCKS] = {0};
    uint64_t state = 1;
    for (int step = 0; step < 3000; step++) {
        int n = random_below(&state, BLOCKS);
        int limit = 1 << log2_max[random_below(&state, 4)];
        size_t size = (size_t)random_below(&state, limit) + 1;
        unsigned char *block = realloc(blocks[n], size);
        CHECK(block != NULL && (uintptr_t)block % 16 == 0);
        CHECK(malloc_usable_size(block) >= size);
        CHECK(is_filled(block, size < sizes[n] ? size : sizes[n], (unsigned)n));
        fill(block, sizes[n] < size ? sizes[n] : 0, size, (unsigned)n);
        blocks[n] = block;
        sizes[n] = size;
    }
    return 0;
}
