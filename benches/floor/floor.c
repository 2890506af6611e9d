/* A floor to measure against: what malloc costs with every thought of safety, reuse across
 * threads and giving back left out. Not an allocator for anybody's use.
 *
 *     small (to 32 KiB)   a free list for each class and thread; the link lies in the block
 *     large               a locked free list for each power of two
 *
 * Land is one reservation of 64 KiB units; a byte a unit names its class. A block freed
 * by another thread stays with that thread. No free list is ever given back, no pointer is
 * ever checked. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define UNIT ((size_t)1 << 16)
#define UNITS ((size_t)1 << 19)
#define SMALL_MAX ((size_t)1 << 15)
#define PAGE ((size_t)4096)
enum { CLASSES = 48, LARGE = 64 };

typedef struct Free { struct Free *next; } Free;

static __thread __attribute__((tls_model("initial-exec"))) Free *lists[CLASSES];
static Free *large_lists[48];
static char *land;
static uint8_t *class_of_unit;
static size_t units_used;
static int lock;

static void acquire(void) {
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {}
}

static void release(void) { __atomic_store_n(&lock, 0, __ATOMIC_RELEASE); }

/* Steps of 16 to 128 bytes, then four per doubling. */
static inline unsigned class_of(size_t size) {
    if (size <= 128) return size ? (unsigned)((size - 1) >> 4) : 0;
    unsigned log = 63u - (unsigned)__builtin_clzl(size - 1);
    return 8 + (log - 7) * 4 + (unsigned)((size - 1) >> (log - 2)) - 4;
}

static inline size_t size_of(unsigned class) {
    if (class < 8) return 16 * (class + 1);
    return ((size_t)128 << (class - 8) / 4) / 4 * (5 + (class - 8) % 4);
}

static void *reserve(size_t bytes) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

/* Fresh units in a row, under the lock. */
static char *fresh_units(size_t count, unsigned class) {
    if (!land) {
        char *reserved = reserve((UNITS + 1) * UNIT);
        class_of_unit = reserve(UNITS);
        if (!reserved || !class_of_unit) return NULL;
        land = (char *)(((uintptr_t)reserved + UNIT - 1) & ~(UNIT - 1));
    }
    if (count > UNITS - units_used) return NULL;
    char *at = land + units_used * UNIT;
    class_of_unit[units_used] = (uint8_t)class;
    units_used += count;
    return at;
}

static inline unsigned class_at(const void *block) {
    return class_of_unit[(size_t)((const char *)block - land) / UNIT];
}

static __attribute__((noinline)) void *refill(unsigned class) {
    acquire();
    char *unit = fresh_units(1, class);
    release();
    if (!unit) return NULL;
    size_t size = size_of(class);
    Free *first = NULL;
    for (size_t i = UNIT / size; i-- > 0;) {
        Free *block = (Free *)(unit + i * size);
        block->next = first;
        first = block;
    }
    lists[class] = first->next;
    return first;
}

static __attribute__((noinline)) void *allocate_large(size_t size) {
    size_t units = (size + UNIT - 1) / UNIT;
    if (size > UNITS * UNIT) return NULL;
    unsigned log = units <= 1 ? 0 : 64u - (unsigned)__builtin_clzl(units - 1);
    acquire();
    Free *block = large_lists[log];
    if (block) large_lists[log] = block->next;
    else block = (Free *)fresh_units((size_t)1 << log, LARGE + log);
    release();
    return block;
}

void *malloc(size_t size) {
    if (__builtin_expect(size > SMALL_MAX, 0)) {
        void *block = allocate_large(size);
        if (!block) errno = ENOMEM;
        return block;
    }
    unsigned class = class_of(size);
    Free *block = lists[class];
    if (__builtin_expect(!block, 0)) return refill(class);
    lists[class] = block->next;
    return block;
}

void free(void *pointer) {
    if (!pointer) return;
    unsigned class = class_at(pointer);
    Free *block = pointer;
    if (__builtin_expect(class >= LARGE, 0)) {
        acquire();
        block->next = large_lists[class - LARGE];
        large_lists[class - LARGE] = block;
        release();
        return;
    }
    block->next = lists[class];
    lists[class] = block;
}

size_t malloc_usable_size(void *block) {
    if (!block) return 0;
    unsigned class = class_at(block);
    return class >= LARGE ? UNIT << (class - LARGE) : size_of(class);
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = malloc(bytes);
    return block ? memset(block, 0, bytes) : NULL;
}

void *realloc(void *block, size_t size) {
    if (!block) return malloc(size);
    size_t had = malloc_usable_size(block);
    if (size <= had && size > had / 2) return block;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, block, had < size ? had : size);
    free(block);
    return moved;
}

/* A class whose size the alignment divides: blocks start at multiples of it, counted from
 * an aligned unit. Beyond a unit's alignment the floor has nothing to offer. */
void *memalign(size_t alignment, size_t size) {
    if (alignment > UNIT) {
        errno = ENOMEM;
        return NULL;
    }
    size_t bytes = size < alignment ? alignment : size;
    if (alignment <= 16) return malloc(bytes);
    while (bytes <= SMALL_MAX && size_of(class_of(bytes)) % alignment)
        bytes = size_of(class_of(bytes)) + 1;
    return malloc(bytes);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
void *valloc(size_t size) { return memalign(PAGE, size); }
void *pvalloc(size_t size) { return memalign(PAGE, (size + PAGE - 1) & ~(PAGE - 1)); }

int posix_memalign(void **place, size_t alignment, size_t size) {
    void *block = memalign(alignment, size);
    if (block) *place = block;
    return block ? 0 : ENOMEM;
}
