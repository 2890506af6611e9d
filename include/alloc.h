/* alloc.h: a memory manager for one 4 KiB page (Part A of the lab).
 *
 * The page comes from mmap and belongs to the user down to its last byte:
 * sizes, links and free lists are kept outside of it.
 *
 *     gcc test_alloc.c -Iinclude -Ltarget/release -l:liballoc.a
 *
 * alloc.h and ealloc.h declare the same names: link one of the two libraries,
 * never both. Calls from several threads are safe. A pointer that dealloc
 * refuses is reported in one line on stderr; ALLOTMENT_QUIET=1 silences it. A
 * program may fork and use the heap in the child, unless another thread is inside
 * a call at that moment.
 */
#ifndef ALLOTMENT_ALLOC_H
#define ALLOTMENT_ALLOC_H

/* The lab's programs expect these from this header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes in the page, all of which can be given out. */
#define PAGESIZE 4096

/* Sizes are multiples of this many bytes; so are block addresses. */
#define MINALLOC 8

#ifdef __cplusplus
extern "C" {
#endif

/* Maps the page. 0 on success; non-zero when the page cannot be mapped or the
 * manager is initialised already (which changes nothing). */
int init_alloc(void);

/* Unmaps the page and forgets every block in it. 0 on success; non-zero when
 * the manager is not initialised or the page cannot be unmapped (which changes
 * nothing). */
int cleanup(void);

/* A block of `size` bytes, or NULL: when `size` is not a positive multiple of
 * MINALLOC, when no free chunk can hold it, or before init_alloc. */
char *alloc(int size);

/* Frees a whole block, which merges with its free neighbours. NULL is ignored;
 * a pointer that is no block's start is reported and changes nothing. */
void dealloc(char *block);

#ifdef __cplusplus
}
#endif

#endif
