// A block that was moved is made shorter, and meanwhile something else is mapped where
// its end was: the block is there, shorter, and the other mapping is never touched.
// links: static
#include "intruder.h"

int main(void)
{
    filter_new_mappings();
    for (int on_all = 0; on_all < 2; on_all++) {
        char *block = moved_block(12 * MIB, 0x11);
        intrude_after(0, block, 12 * MIB, on_all);
        CHECK(resized(block, 5 * MIB) == block && has_intruded());
        CHECK(malloc_usable_size(block) == 5 * MIB && all_bytes_are(block, 5 * MIB, 0x11));
        check_intruders();
        // It grows again, elsewhere, and shrinks.
        char *other = resized(block, 9 * MIB);
        CHECK(other != NULL && other != block && all_bytes_are(other, 5 * MIB, 0x11));
        memset(other, 0x12, 9 * MIB);
        use_all_that_is_free();
        CHECK(resized(other, 600 << 10) == other && all_bytes_are(other, 600 << 10, 0x12));
        free(other);
        use_all_that_is_free();
        // One unit less is half a unit of somebody else's.
        block = moved_block(4 * MIB, 0x13);
        intrude_after(0, block, 4 * MIB, on_all);
        CHECK(resized(block, 4 * MIB - UNIT) == block && has_intruded());
        CHECK(all_bytes_are(block, 4 * MIB - UNIT, 0x13));
        free(block);
        use_all_that_is_free();
    }
    return 0;
}
