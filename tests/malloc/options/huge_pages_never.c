// With ALLOTMENT_HUGE_PAGES=never the heap asks for none.
// env: ALLOTMENT_HUGE_PAGES=never
#include "../memory/huge_pages.h"

int main(void)
{
    need_huge_pages();
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    char how[64] = "";
    if (file != NULL) {
        CHECK(fgets(how, sizeof how, file) != NULL);
        fclose(file);
    }
    if (strstr(how, "[always]") != NULL)
        SKIP("the system makes huge pages of its own accord");
    long others = huge_bytes();
    for (size_t bytes = 0; bytes < (24 << 20); bytes += 64)
        take(64);
    CHECK(huge_bytes() == others);
    return 0;
}
