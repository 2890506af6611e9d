// With ALLOTMENT_HUGE_PAGES=never the heap asks for none.
// env: ALLOTMENT_HUGE_PAGES=never
#include "../memory/huge_pages.h"

int main(void)
{
    need_huge_pages();
    if (huge_pages_come("[always]"))
        SKIP("the system makes huge pages of its own accord");
    long others = huge_bytes();
    for (size_t bytes = 0; bytes < (24 << 20); bytes += 64)
        take(64);
    enum { LARGE_BYTES = 16 << 20 };
    memset(take(LARGE_BYTES), 1, LARGE_BYTES);
    CHECK(huge_bytes() == others);
    return 0;
}
