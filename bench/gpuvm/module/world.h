/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What workloads.c takes from the world it runs in, besides GPUVM: here that of
 * a kernel's module.  That of a program is ../world.h.
 */
#ifndef BENCH_GPUVM_WORLD_H
#define BENCH_GPUVM_WORLD_H

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <asm/cacheflush.h>

#include <drm/drm_device.h>
#include <drm/drm_gem.h>

/*
 * Ends the thread, whose data is a completion, with -EIO.  What it has stays
 * as it is: that is lost, but the machine goes on.
 */
static inline void __noreturn bench_die(const char *what)
{
	pr_err("# %s: %s\n", KBUILD_MODNAME, what);
	complete((struct completion *)kthread_data(current));
	kthread_complete_and_exit(NULL, -EIO);
}

static inline void *bench_alloc(size_t n, size_t size)
{
	void *p = kvcalloc(n, size, GFP_KERNEL);

	if (!p)
		bench_die("no memory");
	return p;
}

static inline void bench_free(void *p)
{
	kvfree(p);
}

/* How far from each other a slab puts objects of that size. */
static inline size_t bench_stride(size_t size)
{
	return kmalloc_size_roundup(size);
}

static inline void *bench_arena(size_t size)
{
	return bench_alloc(1, size);
}

static inline void bench_arena_free(void *p)
{
	kvfree(p);
}

/* In ns. */
static inline u64 bench_clock(void)
{
	return ktime_get_ns();
}

static inline void bench_flush(void *p, size_t size)
{
	clflush_cache_range(p, size);
}

/* The slabs of a kernel are not for a module to go through: no cold rows in there. */
static inline void bench_flush_allocated(void)
{
}

/* From when the module is loaded until it goes. */
struct drm_device *bench_device(void);

/* Nobody counts in here. */
static const struct kernel_counts {
	unsigned long atomics, locks, resv_attempts, allocs, bytes;
} kernel_counts __maybe_unused;

#endif
