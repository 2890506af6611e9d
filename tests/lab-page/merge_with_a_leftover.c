// A freed block merges with the leftover of an earlier split.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *block = alloc(4088), *tail = alloc(8);
    CHECK(block != NULL && tail != NULL);
    dealloc(block);
    char *part = alloc(1000);
    CHECK(part != NULL && alloc(4088) == NULL);
    dealloc(part);
    CHECK(alloc(4088) == block);
    return 0;
}
