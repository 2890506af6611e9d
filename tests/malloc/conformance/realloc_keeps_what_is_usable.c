// What malloc_usable_size promises beyond the size that was asked for is kept, too, when a
// large block grows and moves to where others were.
#include "../here.h"

enum { ROUNDS = 20, OTHERS = 40, OTHER_BYTES = 1 << 20, BYTES = 600001 };

int main(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        char *others[OTHERS];
        for (int n = 0; n < OTHERS; n++)
            others[n] = take(OTHER_BYTES);
        for (int n = 0; n < OTHERS; n++)
            free(others[n]);
        char *block = (char *)hide(malloc(hide_size(BYTES)));
        char *above = take(BYTES); // so that it cannot grow where it is
        size_t usable = malloc_usable_size(block);
        CHECK(usable > BYTES);
        memset(block, 0x11, usable);
        block = (char *)realloc(block, hide_size(1500000));
        for (size_t n = 0; n < usable; n++)
            CHECK(block[n] == 0x11);
        free(block);
        free(above);
    }
    return 0;
}
