// Both libraries have the same four names; only behaviour tells them apart.
// Eight bytes are a block in Part A and no size at all in Part B.
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
// Declared as neither header does: the result of Part B's init_alloc would be
// garbage, so it is not asked for.
void init_alloc(void);
char *alloc(int);
#ifdef __cplusplus
}
#endif

int main(void)
{
    init_alloc();
    if (alloc(256) == NULL)
        puts("neither");
    else
        puts(alloc(8) != NULL ? "lab-page" : "lab-elastic");
    return 0;
}
