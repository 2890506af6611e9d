// Three pages are three calls of mmap, a page each.
// trace: mmap,mremap
// expect-trace: mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
// expect-trace: mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
// expect-trace: mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
// links: static
// Linked statically, since a dynamic linker maps the C library as well.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    init_alloc();
    CHECK(alloc(4096) != NULL);
    for (int n = 0; n < 32; n++)
        CHECK(alloc(256) != NULL);
    return 0;
}
