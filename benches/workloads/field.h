/* What every workload shares: its arguments, random numbers, threads, its report.
 *
 *     workload [scale [threads]]
 *
 * A scale of 1 is about half a second. Nothing here allocates while a workload runs. */
#ifndef FIELD_H
#define FIELD_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, THREADS_MAX = 64 };

static double scale = 1.0;
static int threads = 2;

static inline void read_arguments(int count, char **words) {
    if (count > 1) scale = atof(words[1]);
    threads = count > 2 ? atoi(words[2]) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
}

/* `full` times the scale, at least 1. */
static inline uint64_t scaled(uint64_t full) {
    uint64_t n = (uint64_t)((double)full * scale);
    return n ? n : 1;
}

/* xorshift64: three shifts and three xors a number. The state must not be 0. */
typedef uint64_t Random;

static inline Random seeded(uint64_t seed) { return seed * 0x9E3779B97F4A7C15u + 1; }

static inline uint64_t next(Random *r) {
    *r ^= *r << 13;
    *r ^= *r >> 7;
    *r ^= *r << 17;
    return *r;
}

/* Uniform in [0, n). */
static inline uint32_t below(Random *r, uint32_t n) {
    return (uint32_t)(((next(r) >> 32) * n) >> 32);
}

/* The compiler must believe that the block is used. */
static inline void keep(void *block) { __asm__ volatile("" : : "r"(block) : "memory"); }

static inline void *checked(void *block) {
    if (!block) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return block;
}

static inline void touch_pages(void *block, size_t bytes) {
    for (size_t at = 0; at < bytes; at += PAGE) ((volatile char *)block)[at] = 1;
}

static inline void shuffle(Random *r, void **blocks, uint32_t count) {
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = below(r, i);
        void *block = blocks[i - 1];
        blocks[i - 1] = blocks[j];
        blocks[j] = block;
    }
}

/* Runs `body` on `count` threads, each with its number, and waits for them. */
typedef void (*Body)(int number);
struct Start { Body body; int number; };

static inline void *start_body(void *start) {
    struct Start *s = (struct Start *)start;
    s->body(s->number);
    return NULL;
}

static inline void on_threads(int count, Body body) {
    pthread_t handles[2 * THREADS_MAX];
    struct Start starts[2 * THREADS_MAX];
    for (int i = 0; i < count; i++) {
        starts[i].body = body;
        starts[i].number = i;
        if (pthread_create(&handles[i], NULL, start_body, &starts[i])) {
            fputs("no thread\n", stderr);
            exit(1);
        }
    }
    for (int i = 0; i < count; i++) pthread_join(handles[i], NULL);
}

/* The most bytes the program had asked for at once: what peak memory is divided by. */
static inline void report_live(uint64_t bytes_peak) {
    printf("live_bytes %llu\n", (unsigned long long)bytes_peak);
}

#endif
