/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What workloads.c takes from the world it runs in, besides GPUVM: here that of
 * a program, on tests/gpuvm/userspace.  That of a kernel is module/world.h.
 */
#ifndef BENCH_GPUVM_WORLD_H
#define BENCH_GPUVM_WORLD_H

#include <cpuid.h>
#include <time.h>

static inline void __attribute__((noreturn)) bench_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	abort();
}

static inline void *bench_alloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		bench_die("no memory");
	return p;
}

static inline void bench_free(void *p)
{
	free(p);
}

/* How far from each other a slab puts objects of that size. */
static inline size_t bench_stride(size_t size)
{
	return kernel_slab_size(size);
}

static inline void *bench_arena(size_t size)
{
	return memset(kernel_arena(size), 0, size);
}

static inline void bench_arena_free(void *p)
{
	free(p);
}

/* In ns. */
static inline u64 bench_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static inline void bench_flush(const void *p, size_t size)
{
	unsigned int a, b, c, d;

	/* Many at a time, where the processor can. */
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_CLFLUSHOPT) {
		for (size_t i = 0; i < size; i += 64)
			asm volatile("clflushopt %0" :: "m" (((const char *)p)[i]) : "memory");
	} else {
		for (size_t i = 0; i < size; i += 64)
			asm volatile("clflush %0" :: "m" (((const char *)p)[i]) : "memory");
	}
	asm volatile("mfence" ::: "memory");
}

/* What GPUVM has allocated. */
static inline void bench_flush_allocated(void)
{
	kernel_each_slab(bench_flush);
}

static inline struct drm_device *bench_device(void)
{
	static struct drm_device drm = { .ref = { .count = 1 } };

	return &drm;
}

#endif
