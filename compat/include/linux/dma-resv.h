/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Fences with a usage, for kernels before v5.19, whose reservations have one
 * exclusive fence and a list of shared ones.  See compat/dma_resv.c for what
 * becomes of each usage there.
 */
#ifndef NGV_COMPAT_LINUX_DMA_RESV_H
#define NGV_COMPAT_LINUX_DMA_RESV_H

/* Not self-contained before v5.13. */
#include <linux/lockdep.h>
#include_next <linux/dma-resv.h>

#ifndef HAVE_DMA_RESV_USAGE
#include <linux/types.h>

/**
 * enum dma_resv_usage - what a fence in a reservation is waited for by
 * @DMA_RESV_USAGE_KERNEL: everyone: memory is being moved or cleared
 * @DMA_RESV_USAGE_WRITE: those who read or write with implicit synchronisation
 * @DMA_RESV_USAGE_READ: those who write with implicit synchronisation
 * @DMA_RESV_USAGE_BOOKKEEP: those who move or free the memory
 *
 * Who asks for one usage also gets those before it.
 */
enum dma_resv_usage {
	DMA_RESV_USAGE_KERNEL,
	DMA_RESV_USAGE_WRITE,
	DMA_RESV_USAGE_READ,
	DMA_RESV_USAGE_BOOKKEEP,
};

/**
 * dma_resv_usage_rw() - what an access has to wait for
 * @write: whether it writes
 *
 * Return: readers too, for one that writes.  Semantics: mainline 6.12.
 */
static inline enum dma_resv_usage dma_resv_usage_rw(bool write)
{
	return write ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
}

/**
 * struct dma_resv_iter - how far a walk over fences has come
 *
 * Private; on the walker's stack.
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
 * @obj: the reservation, which nobody looks at any more
 *
 * Drops the references to all fences, of every usage.  Semantics: mainline 6.12.
 */
static inline void ngv_dma_resv_fini(struct dma_resv *obj)
{
	ngv_dma_resv_forget(obj);
	dma_resv_fini(obj);
}

#define dma_resv_fini	ngv_dma_resv_fini

/**
 * dma_resv_iter_begin() - gets ready for a walk
 * @cursor: the walk
 * @obj: the reservation
 * @usage: of the fences to be shown, with those before it
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
 * dma_resv_iter_end() - ends a walk, wherever it has come to
 * @cursor: the walk
 *
 * Semantics: mainline 6.12.
 */
static inline void dma_resv_iter_end(struct dma_resv_iter *cursor)
{
	dma_fence_put(cursor->fence);
}

/**
 * dma_resv_iter_usage() - tells the usage of the fence that is shown
 * @cursor: the walk
 *
 * Return: the usage.  Semantics: mainline 6.12.
 */
static inline enum dma_resv_usage dma_resv_iter_usage(struct dma_resv_iter *cursor)
{
	return cursor->fence_usage;
}

/**
 * dma_resv_iter_is_restarted() - tells whether the walk starts (again) here
 * @cursor: the walk
 *
 * Return: whether what was gathered so far is void.  Semantics: mainline 6.12.
 */
static inline bool dma_resv_iter_is_restarted(struct dma_resv_iter *cursor)
{
	return cursor->is_restarted;
}

/**
 * dma_resv_for_each_fence_unlocked - walks what is not signaled, without the lock
 * @cursor: &struct dma_resv_iter after dma_resv_iter_begin()
 * @fence: &struct dma_fence pointer that is set to each; referenced up to the
 *	next step or dma_resv_iter_end()
 *
 * Starts over when the reservation changes.  Semantics: mainline 6.12.
 */
#define dma_resv_for_each_fence_unlocked(cursor, fence)			\
	for ((fence) = dma_resv_iter_first_unlocked(cursor);		\
	     (fence); (fence) = dma_resv_iter_next_unlocked(cursor))

/**
 * dma_resv_for_each_fence - walks the fences of a locked reservation
 * @cursor: &struct dma_resv_iter
 * @obj: the reservation
 * @usage: of the fences to be shown, with those before it
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
