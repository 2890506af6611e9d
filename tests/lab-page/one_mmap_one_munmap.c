// A whole life makes two calls: one mmap of a page, one munmap of it.
// trace: mmap,munmap,mremap
// expect-trace: mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
// expect-trace: munmap({page}, 4096)
// links: static
// Linked statically, since a dynamic linker maps the C library as well.
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    CHECK(init_alloc() == 0);
    char *page = alloc(4096);
    CHECK(page != NULL);
    name_address("page", page);
    dealloc(page);
    for (int n = 0; n < 512; n++)
        CHECK(alloc(8) != NULL);
    CHECK(cleanup() == 0);
    return 0;
}
