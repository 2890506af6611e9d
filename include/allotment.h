/* allotment.h: a malloc for any program, with all of its bookkeeping kept outside
 * of the memory it hands out, and a check on every free.
 *
 * Nothing has to include this header: the library defines malloc and its
 * relatives, and C++'s operator new and delete, under their usual names. It
 * declares those that the system's own headers lack or hide.
 *
 *     LD_PRELOAD=target/release/liballotment.so PROGRAM
 *     gcc program.c -Iinclude -Ltarget/release -l:liballotment.a
 *     gcc -static program.c -Iinclude -Ltarget/release -l:liballotment.a
 *
 * Installed, and linked with -lallotment, a program asks for liballotment.so.1.
 *
 * A free of anything that is not the start of a live block (freed already, the
 * inside of a block, the stack, another library's memory) writes one line to
 * standard error and ends the program by SIGABRT. With ALLOTMENT_ON_MISUSE=ignore
 * in the environment the line is written, and the call does nothing. What else can
 * be set there, `allotment options` lists.
 *
 * Without memory, operator new calls the new-handler, which may throw, and without
 * one throws std::bad_alloc; its forms with std::nothrow return null. Where the GNU
 * C++ library is not there to throw, it says so and ends the program by SIGABRT.
 *
 * A program that is linked statically and has its own operator new needs the
 * shared library: an archive that defines the operators too is one definition
 * too many.
 */
#ifndef ALLOTMENT_H
#define ALLOTMENT_H

#include <stddef.h>
#include <stdio.h>

/* C++ before C++11 has no word for "throws nothing", and glibc's headers have
 * declared some of these already. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define ALLOTMENT_NOTHROW noexcept
#elif defined(__cplusplus)
#define ALLOTMENT_NOTHROW throw()
#elif defined(__GNUC__)
#define ALLOTMENT_NOTHROW __attribute__((__nothrow__))
#else
#define ALLOTMENT_NOTHROW
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Frees a block of malloc, calloc or realloc for which `size` bytes were asked.
 * A size that cannot be the block's is reported as a misuse. (C23) */
void free_sized(void *block, size_t size) ALLOTMENT_NOTHROW;

/* Frees a block of aligned_alloc for which `alignment` and `size` were given. A
 * wrong one is reported as a misuse. (C23) */
void free_aligned_sized(void *block, size_t alignment, size_t size) ALLOTMENT_NOTHROW;

/* The bytes that the owner of a live block may use, at least as many as were
 * asked for. 0 for NULL, and for anything that is no live block's start. */
size_t malloc_usable_size(void *block) ALLOTMENT_NOTHROW;

/* The same, by the name that it has on macOS. */
size_t malloc_size(const void *block) ALLOTMENT_NOTHROW;

/* The usable size that a new block of `size` bytes would have. */
size_t malloc_good_size(size_t size) ALLOTMENT_NOTHROW;

/* Gives memory that is free back to the system now. 1 if there was any, else 0.
 * Without it, that happens about a second after the memory was freed, in the
 * course of other calls. */
int malloc_trim(size_t keep) ALLOTMENT_NOTHROW;

/* Prints a summary of the heap on standard error. */
void malloc_stats(void) ALLOTMENT_NOTHROW;

/* Writes the heap's statistics as XML, as glibc does; `options` must be 0. 0 if all was written,
 * EINVAL for other options, -1 if the stream failed. */
int malloc_info(int options, FILE *stream) ALLOTMENT_NOTHROW;

/* Writes the same and more as JSON into `buffer`, at most `size` bytes of it and a
 * NUL among them; allocates nothing. Returns the bytes of the whole text without the
 * NUL: call it with 0 to learn the size, and ask for some more, as it may grow.
 * ALLOTMENT_STATISTICS=FILE in the environment has it written at exit. */
size_t allotment_statistics_json(char *buffer, size_t size) ALLOTMENT_NOTHROW;

/* Knows glibc's parameters and has no use for any: 1 for those, 0 for others. */
int mallopt(int parameter, int value) ALLOTMENT_NOTHROW;

#ifdef __cplusplus
}
#endif

#undef ALLOTMENT_NOTHROW

#endif
