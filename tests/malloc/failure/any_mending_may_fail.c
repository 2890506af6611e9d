// Free memory that the kernel may give huge pages gets a new mapping without that leave.
// Whichever of these the kernel refuses: blocks stay whole, and the heap goes on.
// env: ALLOTMENT_HUGE_PAGES=always
// inject: mmap:error=ENOMEM:when={n}
// links: static
#include "../here.h"

#include <malloc.h>

enum { SMALL = 3000, SMALL_BYTES = 2000, LARGE = 6, LARGE_BYTES = 5 << 20, ROUNDS = 3 };

int main(void)
{
    for (int n = 0; n < SMALL; n++)
        memset(take(SMALL_BYTES), 1, SMALL_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        char *large[LARGE];
        for (int n = 0; n < LARGE; n++) {
            large[n] = (char *)hide(calloc(1, LARGE_BYTES));
            if (large[n] == NULL)
                large[n] = (char *)hide(calloc(1, LARGE_BYTES));
            CHECK(large[n] != NULL && large[n][LARGE_BYTES / 2] == 0);
            memset(large[n], n + 1, LARGE_BYTES);
        }
        for (int n = 0; n < LARGE; n += 2)
            free(large[n]);
        malloc_trim(0);
        for (int n = 1; n < LARGE; n += 2) {
            CHECK(large[n][0] == n + 1 && large[n][LARGE_BYTES - 1] == n + 1);
            free(large[n]);
        }
        malloc_trim(0);
    }
    return 0;
}
