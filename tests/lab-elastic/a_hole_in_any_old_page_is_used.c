// One hole somewhere among 200 full pages is found, wherever it is.
#include "ealloc.h"
#include "../support/check.h"

int main(void)
{
    static char *halves[400];
    init_alloc();
    for (int n = 0; n < 400; n++)
        CHECK((halves[n] = alloc(2048)) != NULL);
    long filled = vsz_bytes();
    for (int n = 0; n < 400; n++) {
        dealloc(halves[n]);
        CHECK(alloc(2048) == halves[n]);
    }
    CHECK(vsz_bytes() == filled);
    return 0;
}
