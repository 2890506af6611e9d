/* Names the file that serves malloc and the one that serves free. A peer is only believed
 * to be measured when these are its own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static const char *file_of(const char *symbol) {
    Dl_info info;
    void *at = dlsym(RTLD_DEFAULT, symbol);
    return at && dladdr(at, &info) ? info.dli_fname : "nobody";
}

int main(void) {
    void *block = malloc(100);
    if (!block) return 1;
    free(block);
    printf("%s\n%s\n%s\n", file_of("malloc"), file_of("free"), file_of("realloc"));
    return 0;
}
