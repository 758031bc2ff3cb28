/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.4, where fences learn of deadlines. */
#ifndef NGV_COMPAT_LINUX_DMA_FENCE_H
#define NGV_COMPAT_LINUX_DMA_FENCE_H

#include_next <linux/dma-fence.h>

#ifdef HAVE_DMA_FENCE_SET_DEADLINE
#define DMA_FENCE_OPS_SET_DEADLINE(fn)	.set_deadline = (fn)
#else
/*
 * No place for the callback, and nobody to call it: name the function, so
 * that it counts as used, in an entry that keeps the default.
 */
#define DMA_FENCE_OPS_SET_DEADLINE(fn)	.use_64bit_seqno = !sizeof(typeof(fn) *)

/**
 * dma_fence_set_deadline() - tell a fence when its waiter needs it
 * @fence: the fence
 * @deadline: that moment, CLOCK_MONOTONIC
 *
 * A hint that a kernel without deadlines has nobody to pass on to.  Any
 * context.
 *
 * Semantics: mainline 6.12, for a fence without the callback.
 */
static inline void dma_fence_set_deadline(struct dma_fence *fence, ktime_t deadline)
{
}
#endif

#endif
