// While the mappings of free runs are mended, something else is mapped where one of
// them was: it is never touched, and that run is never handed out.
// links: static
#include "intruder.h"

int main(void)
{
    char *lowest = take(60 << 10);
    filter_new_mappings();
    for (int n = 0; n < 6; n++) {
        char *low = take(3 * MIB), *gap = take(2 * MIB), *high = take(3 * MIB);
        free(moved_block(12 * MIB, 0x11));
        free(gap);
        // The lowest free run first, the highest last.
        intrude_after(n / 2, lowest, (size_t)1 << 30, n % 2);
        malloc_trim(0);
        CHECK(has_intruded());
        check_intruders();
        CHECK(all_bytes_are(low, 3 * MIB, 0x5a) && all_bytes_are(high, 3 * MIB, 0x5a));
        free(low);
        free(high);
        use_all_that_is_free();
    }
    return 0;
}
