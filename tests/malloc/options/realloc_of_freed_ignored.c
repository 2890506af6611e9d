// Where misuse is ignored, a realloc of a freed block has no answer, and loses no block.
// The one that was at hand for the new size is the next to be handed out.
// expect-stderr: allotment: realloc({block}): double free of a block of 112 bytes; ignored
// env: ALLOTMENT_ON_MISUSE=ignore
#include "../here.h"

int main(void)
{
    char *at_hand = take(200), *block = take(100);
    name_address("block", block);
    free(at_hand);
    free(block);
    CHECK(hide(realloc(hide(block), hide_size(200))) == NULL);
    CHECK(take(200) == at_hand);
    return 0;
}
