/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Fences with a usage, for kernels before v5.19, whose reservations have one exclusive
 * fence and a list of shared fences. compat/dma_resv.c describes how each usage is
 * kept.
 */
#ifndef NGV_COMPAT_LINUX_DMA_RESV_H
#define NGV_COMPAT_LINUX_DMA_RESV_H

/* Not self-contained before v5.13. */
#include <linux/lockdep.h>
#include_next <linux/dma-resv.h>

#ifndef HAVE_DMA_RESV_USAGE
#include <linux/types.h>

/**
 * enum dma_resv_usage - who waits for a fence of a reservation
 * @DMA_RESV_USAGE_KERNEL: everyone: the kernel moves or clears the memory
 * @DMA_RESV_USAGE_WRITE: readers and writers with implicit synchronisation
 * @DMA_RESV_USAGE_READ: writers with implicit synchronisation
 * @DMA_RESV_USAGE_BOOKKEEP: only code that moves or frees the memory
 *
 * A request for the fences of one usage includes those of the usages before it.
 */
enum dma_resv_usage {
	DMA_RESV_USAGE_KERNEL,
	DMA_RESV_USAGE_WRITE,
	DMA_RESV_USAGE_READ,
	DMA_RESV_USAGE_BOOKKEEP,
};

/**
 * dma_resv_usage_rw() - gets the usage for which an access must wait
 * @write: true for a write access
 *
 * Return: READ for a write access, which waits for readers too, else WRITE.
 * Semantics: mainline 6.12.
 */
static inline enum dma_resv_usage dma_resv_usage_rw(bool write)
{
	return write ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
}

/**
 * struct dma_resv_iter - state of a walk over fences
 *
 * Private.  On the stack of the caller.
 */
struct dma_resv_iter {
	/* private: */
	struct dma_resv *obj;
	unsigned int index;
	unsigned int seq;
	struct dma_fence *fence;
	enum dma_resv_usage fence_usage;
	enum dma_resv_usage usage;
	bool is_restarted;
};

#define dma_resv_reserve_fences		ngv_dma_resv_reserve_fences
#define dma_resv_add_fence		ngv_dma_resv_add_fence
#define dma_resv_iter_first_unlocked	ngv_dma_resv_iter_first_unlocked
#define dma_resv_iter_next_unlocked	ngv_dma_resv_iter_next_unlocked
#define dma_resv_iter_first		ngv_dma_resv_iter_first
#define dma_resv_iter_next		ngv_dma_resv_iter_next
#define dma_resv_wait_timeout		ngv_dma_resv_wait_timeout
#define dma_resv_test_signaled		ngv_dma_resv_test_signaled
#define dma_resv_get_fences		ngv_dma_resv_get_fences
#define dma_resv_get_singleton		ngv_dma_resv_get_singleton
#define dma_resv_copy_fences		ngv_dma_resv_copy_fences

int dma_resv_reserve_fences(struct dma_resv *obj, unsigned int num_fences);
void dma_resv_add_fence(struct dma_resv *obj, struct dma_fence *fence,
			enum dma_resv_usage usage);
struct dma_fence *dma_resv_iter_first_unlocked(struct dma_resv_iter *cursor);
struct dma_fence *dma_resv_iter_next_unlocked(struct dma_resv_iter *cursor);
struct dma_fence *dma_resv_iter_first(struct dma_resv_iter *cursor);
struct dma_fence *dma_resv_iter_next(struct dma_resv_iter *cursor);
bool dma_resv_test_signaled(struct dma_resv *obj, enum dma_resv_usage usage);
long dma_resv_wait_timeout(struct dma_resv *obj, enum dma_resv_usage usage,
			   bool intr, unsigned long timeout);
int dma_resv_copy_fences(struct dma_resv *dst, struct dma_resv *src);
int dma_resv_get_singleton(struct dma_resv *obj, enum dma_resv_usage usage,
			   struct dma_fence **fence);
int dma_resv_get_fences(struct dma_resv *obj, enum dma_resv_usage usage,
			unsigned int *num_fences, struct dma_fence ***fences);

void ngv_dma_resv_forget(struct dma_resv *obj);
void ngv_dma_resv_tidy(struct dma_resv *obj);

/**
 * ngv_dma_resv_fini() - ends a reservation
 * @obj: the reservation, which no other thread uses any more
 *
 * Drops the references to all fences of every usage.  Semantics: mainline 6.12.
 */
static inline void ngv_dma_resv_fini(struct dma_resv *obj)
{
	ngv_dma_resv_forget(obj);
	dma_resv_fini(obj);
}

#define dma_resv_fini	ngv_dma_resv_fini

/**
 * dma_resv_iter_begin() - initialises a walk
 * @cursor: the walk
 * @obj: the reservation
 * @usage: the walk has fences of this usage and of the usages before it
 *
 * Semantics: mainline 6.12.
 */
static inline void dma_resv_iter_begin(struct dma_resv_iter *cursor,
				       struct dma_resv *obj,
				       enum dma_resv_usage usage)
{
	*cursor = (struct dma_resv_iter) {
		.obj = obj,
		.usage = usage,
	};
}

/**
 * dma_resv_iter_end() - ends a walk at any place
 * @cursor: the walk
 *
 * Semantics: mainline 6.12.
 */
static inline void dma_resv_iter_end(struct dma_resv_iter *cursor)
{
	dma_fence_put(cursor->fence);
}

/**
 * dma_resv_iter_usage() - gets the usage of the current fence
 * @cursor: the walk
 *
 * Return: the usage.  Semantics: mainline 6.12.
 */
static inline enum dma_resv_usage dma_resv_iter_usage(struct dma_resv_iter *cursor)
{
	return cursor->fence_usage;
}

/**
 * dma_resv_iter_is_restarted() - checks whether the walk has started over
 * @cursor: the walk
 *
 * Return: true if the caller must discard earlier results.  Semantics: mainline 6.12.
 */
static inline bool dma_resv_iter_is_restarted(struct dma_resv_iter *cursor)
{
	return cursor->is_restarted;
}

/**
 * dma_resv_for_each_fence_unlocked - iterates over unsignaled fences without the lock
 * @cursor: &struct dma_resv_iter after dma_resv_iter_begin()
 * @fence: &struct dma_fence pointer that is set to each; the reference lasts until the
 *	next step or dma_resv_iter_end()
 *
 * Starts over when the reservation changes.  Semantics: mainline 6.12.
 */
#define dma_resv_for_each_fence_unlocked(cursor, fence)			\
	for ((fence) = dma_resv_iter_first_unlocked(cursor);		\
	     (fence); (fence) = dma_resv_iter_next_unlocked(cursor))

/**
 * dma_resv_for_each_fence - iterates over the fences of a locked reservation
 * @cursor: &struct dma_resv_iter
 * @obj: the reservation
 * @usage: the walk has fences of this usage and of the usages before it
 * @fence: &struct dma_fence pointer that is set to each
 *
 * Semantics: mainline 6.12.
 */
#define dma_resv_for_each_fence(cursor, obj, usage, fence)		\
	for (dma_resv_iter_begin(cursor, obj, usage),			\
	     (fence) = dma_resv_iter_first(cursor);			\
	     (fence); (fence) = dma_resv_iter_next(cursor))
#endif /* HAVE_DMA_RESV_USAGE */

#endif
