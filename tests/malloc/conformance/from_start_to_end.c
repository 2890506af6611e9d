// Blocks before main, in main, in exit handlers and in destructors.
#include "../here.h"

static char *from_constructor, *from_main;

__attribute__((constructor(101))) static void early(void)
{
    from_constructor = take(1000);
}

__attribute__((destructor(101))) static void late(void)
{
    char *large = take(1 << 20);
    CHECK(malloc_usable_size(from_main) >= 2000);
    free(from_main);
    free(large);
}

static void at_exit(void)
{
    free(from_constructor);
    from_constructor = NULL;
    free(take(5000));
}

int main(void)
{
    CHECK(malloc_usable_size(from_constructor) >= 1000);
    from_main = take(2000);
    CHECK(atexit(at_exit) == 0);
    return 0;
}
