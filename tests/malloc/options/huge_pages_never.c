// With ALLOTMENT_HUGE_PAGES=never the heap asks for none.
// env: ALLOTMENT_HUGE_PAGES=never
#include "../memory/huge_pages.h"

int main(void)
{
    if (!makes_huge_pages())
        return 0;
    long others = huge_bytes();
    for (size_t bytes = 0; bytes < (24 << 20); bytes += 64)
        take(64);
    // Where the system makes them always, they are none of the heap's affair.
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    char how[64] = "";
    if (file != NULL) {
        CHECK(fgets(how, sizeof how, file) != NULL);
        fclose(file);
    }
    CHECK(strstr(how, "[always]") != NULL || huge_bytes() == others);
    return 0;
}
