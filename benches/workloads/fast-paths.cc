// One operation again and again, for counting instructions:
//
//     fast-paths OPERATION COUNT [mark]
//
// Two counts of the same operation differ by what the operation takes; `nothing` is the
// loop by itself. With `mark` it runs twice, the second time between two signals.
#include <csignal>
#include <new>

#include "field.h"

template <size_t BYTES> static void pair(uint64_t count) {
    free(checked(malloc(BYTES)));
    for (uint64_t i = 0; i < count; i++) {
        void *block = malloc(BYTES);
        keep(block);
        free(block);
    }
}

static void nothing(uint64_t count) {
    for (uint64_t i = 0; i < count; i++) keep(nullptr);
}

static void zeroed(uint64_t count) {
    free(checked(calloc(1, 64)));
    for (uint64_t i = 0; i < count; i++) {
        void *block = calloc(1, 64);
        keep(block);
        free(block);
    }
}

// Up from 16 bytes to 256 and begin again: one step in sixteen is a free and a malloc.
static void realloc_step(uint64_t count) {
    void *block = nullptr;
    for (uint64_t i = 0; i < count; i++) {
        size_t bytes = 16 * (i % 16 + 1);
        if (bytes == 16) {
            free(block);
            block = nullptr;
        }
        block = realloc(block, bytes);
        keep(block);
    }
    free(block);
}

static void aligned(uint64_t count) {
    free(checked(aligned_alloc(64, 128)));
    for (uint64_t i = 0; i < count; i++) {
        void *block = aligned_alloc(64, 128);
        keep(block);
        free(block);
    }
}

struct Object { uint64_t words[4]; };
struct alignas(64) Line { uint64_t words[8]; };

template <typename T> static void new_and_sized_delete(uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        void *block = ::operator new(sizeof(T));
        keep(block);
        ::operator delete(block, sizeof(T));
    }
}

static void new_and_aligned_delete(uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        void *block = ::operator new(sizeof(Line), std::align_val_t(alignof(Line)));
        keep(block);
        ::operator delete(block, sizeof(Line), std::align_val_t(alignof(Line)));
    }
}

// Twenty out, twenty in: what a stack of blocks costs when more than one is out.
static void twenty(uint64_t count) {
    void *blocks[20];
    for (uint64_t i = 0; i < count; i += 20) {
        for (void *&block : blocks) keep(block = malloc(32));
        for (int k = 20; k-- > 0;) free(blocks[k]);
    }
}

int main(int count, char **words) {
    static const struct { const char *name; void (*run)(uint64_t); } operations[] = {
        {"nothing", nothing},
        {"pair-16", pair<16>},
        {"pair-32", pair<32>},
        {"pair-32-by-twenties", twenty},
        {"pair-64", pair<64>},
        {"pair-256", pair<256>},
        {"pair-1k", pair<1024>},
        {"pair-4k", pair<4096>},
        {"pair-64k", pair<65536>},
        {"calloc-64", zeroed},
        {"realloc-step", realloc_step},
        {"sized-delete-32", new_and_sized_delete<Object>},
        {"aligned-alloc-64", aligned},
        {"aligned-delete-64", new_and_aligned_delete},
    };
    if (count < 3) return 2;
    for (const auto &operation : operations)
        if (strcmp(operation.name, words[1]) == 0) {
            uint64_t times = strtoull(words[2], nullptr, 10);
            operation.run(times);
            if (count > 3) {
                raise(SIGUSR1);
                operation.run(times);
                raise(SIGUSR1);
            }
            return 0;
        }
    return 2;
}
