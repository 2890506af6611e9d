// With a question mark in front of the name, nothing is said of what cannot be written.
// env: ALLOTMENT_STATISTICS=?/nonexistent/file.json
#include "../here.h"

int main(void)
{
    free(take(1));
    return 0;
}
