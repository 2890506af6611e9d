// Each write in turn is interrupted by a signal: the report appears all the same, once.
// inject: write:error=EINTR:when={n}
#include "alloc.h"
#include "../support/check.h"

int main(void)
{
    static const char report[] =
        "allotment: dealloc(0x1000): not in any page of this heap; nothing was freed\n";
    char found[2 * sizeof report] = "";
    int ends[2];
    CHECK(init_alloc() == 0);
    CHECK(pipe(ends) == 0 && dup2(ends[1], 2) == 2 && close(ends[1]) == 0);
    dealloc((char *)0x1000);
    close(2);
    CHECK(read(ends[0], found, sizeof found - 1) == sizeof report - 1);
    CHECK(strcmp(found, report) == 0);
    return 0;
}
