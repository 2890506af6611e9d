// Every block starts at a multiple of 8 and ends within the page.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    uint64_t random = 3;
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    CHECK(page != NULL && (uintptr_t)page % 4096 == 0);
    dealloc(page);
    for (int round = 0; round < 100; round++) {
        char *blocks[512];
        int count = 0;
        for (int tries = 0; tries < 600; tries++) {
            int size = 8 * (1 + random_below(&random, 20));
            char *block = alloc(size);
            if (block == NULL)
                continue;
            CHECK((uintptr_t)block % 8 == 0);
            CHECK(block >= page && block + size <= page + 4096);
            blocks[count++] = block;
        }
        while (count > 0)
            dealloc(blocks[--count]);
    }
    return 0;
}
