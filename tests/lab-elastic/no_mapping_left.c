// The kernel's limit on the number of mappings is reached: what was given out
// stays, holes are still given out, and cleanup still unmaps every page.
#include "ealloc.h"
#include "../support/check.h"

#define WALLS_MAX 200000

static char *walls[WALLS_MAX];

// Mappings of one page that differ from their neighbours, and so never join them.
static char *wall(int n)
{
    int protection = n % 2 ? PROT_NONE : PROT_READ;
    return (char *)mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
    char *pages[100];
    int count = 0;
    CHECK(wall(0) != MAP_FAILED);
    init_alloc();
    long before = vsz_bytes();
    for (int n = 0; n < 100; n++) {
        CHECK((pages[n] = alloc(4096)) != NULL);
        memset(pages[n], n, 4096);
    }
    while (count < WALLS_MAX && (walls[count] = wall(count + 1)) != MAP_FAILED)
        count++;
    if (count == WALLS_MAX)
        SKIP("this kernel allows too many mappings to use them up");
    for (int n = 0; n < 100; n++)
        CHECK(all_bytes_are(pages[n], 4096, n));
    dealloc(pages[50]);
    CHECK(alloc(2048) != NULL && alloc(2048) != NULL);
    CHECK(munmap(walls[--count], 4096) == 0);
    cleanup();
    CHECK(vsz_bytes() == before + count * 4096l);
    init_alloc();
    CHECK(alloc(4096) != NULL);
    return 0;
}
