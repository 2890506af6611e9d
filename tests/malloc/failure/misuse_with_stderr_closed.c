// A misuse that cannot be reported ends the program all the same.
// expect-signal: SIGABRT
#include "../here.h"

int main(void)
{
    char *block = take(100);
    close(2);
    free(block);
    free(hide(block));
    return 0;
}
