// The library's static TLS is two words, of 64 bytes allowed, so that it can be loaded late,
// too.
// links: shared
// flags: -D_GNU_SOURCE
#include "../here.h"

#include <link.h>

static int of_the_library(struct dl_phdr_info *info, size_t size, void *bytes)
{
    (void)size;
    if (strstr(info->dlpi_name, "liballotment") == NULL)
        return 0;
    *(size_t *)bytes = 0;
    for (int n = 0; n < info->dlpi_phnum; n++)
        if (info->dlpi_phdr[n].p_type == PT_TLS)
            *(size_t *)bytes = info->dlpi_phdr[n].p_memsz;
    return 1;
}

int main(void)
{
    size_t bytes = (size_t)-1;
    CHECK(dl_iterate_phdr(of_the_library, &bytes) == 1);
    CHECK(bytes == 2 * sizeof(void *));
    return 0;
}
