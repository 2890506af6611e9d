// A block that was moved is freed, and meanwhile something else is mapped where it was:
// that is never touched, and the block counts as freed.
// links: static
#include "intruder.h"

static unsigned long live_bytes(void)
{
    return mallinfo2().hblkhd;
}

int main(void)
{
    filter_new_mappings();
    for (int on_all = 0; on_all < 2; on_all++) {
        // With and without a class of its own.
        for (size_t size = 12 * MIB; size > 300 << 10; size = size == 12 * MIB ? 400 << 10 : 0) {
            char *block = moved_block(12 * MIB, 0x11);
            CHECK(resized(block, size) == block);
            unsigned long live = live_bytes();
            size_t usable = malloc_usable_size(block);
            intrude_after(0, block, 1, on_all);
            free(block);
            malloc_trim(0);
            CHECK(has_intruded());
            CHECK(live_bytes() + usable == live);
            use_all_that_is_free();
        }
    }
    return 0;
}
