/* ealloc.h: a memory manager that grows by 4 KiB pages (Part B of the lab).
 *
 * A page is mapped only when an allocation fits in none of the pages mapped so
 * far, and then exactly one. A block lies within one page; pages need not be
 * neighbours and never merge with each other. All bookkeeping is kept outside
 * of the pages: for the first 65,536 of them (256 MiB) in static memory, so
 * that each new page adds exactly 4 KiB to the process's VSZ; past that the
 * books themselves grow by mapping memory now and then.
 *
 *     gcc test_ealloc.c -Iinclude -Ltarget/release -l:libealloc.a
 *
 * alloc.h and ealloc.h declare the same names: link one of the two libraries,
 * never both. Calls from several threads are safe. A pointer that dealloc
 * refuses is reported in one line on stderr; ALLOTMENT_QUIET=1 silences it. A
 * program may fork and use the heap in the child, unless another thread is inside
 * a call at that moment.
 */
#ifndef ALLOTMENT_EALLOC_H
#define ALLOTMENT_EALLOC_H

/* The lab's programs expect these from this header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes in a page: what is mapped at a time, and the largest block. */
#define PAGESIZE 4096

/* Sizes are multiples of this many bytes; so are offsets within a page. */
#define MINALLOC 256

#ifdef __cplusplus
extern "C" {
#endif

/* Begins with no page mapped. A second call without cleanup changes nothing. */
void init_alloc(void);

/* Forgets every block and unmaps every page. */
void cleanup(void);

/* A block of `size` bytes, or NULL: when `size` is not a multiple of MINALLOC
 * from MINALLOC to PAGESIZE, when a page is needed and cannot be mapped, or
 * before init_alloc. */
char *alloc(int size);

/* Frees a whole block, which merges with its free neighbours in the same page.
 * NULL is ignored; a pointer that is no block's start is reported and changes
 * nothing. */
void dealloc(char *block);

#ifdef __cplusplus
}
#endif

#endif
