// Addresses of the stack, of static memory, of malloc, and of both ends of the
// address space: in no page of the heap.
// expect-stderr: allotment: dealloc({stack}): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc({static}): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc({malloc}): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0x100): not in any page of this heap; nothing was freed
// expect-stderr: allotment: dealloc(0xffffffffffffff00): not in any page of this heap; nothing was freed
#include "ealloc.h"
#include "../support/check.h"

static char table[64];

int main(void)
{
    char local[64] = "mine";
    char *malloced = (char *)malloc(64);
    init_alloc();
    char *block = alloc(4096);
    CHECK(block != NULL && malloced != NULL);
    name_address("stack", local);
    name_address("static", table);
    name_address("malloc", malloced);
    dealloc(local);
    dealloc(table);
    dealloc(malloced);
    dealloc((char *)(uintptr_t)0x100);
    dealloc((char *)~(uintptr_t)0xff);
    free(malloced);
    CHECK(strcmp(local, "mine") == 0);
    dealloc(block);
    CHECK(alloc(4096) == block);
    return 0;
}
