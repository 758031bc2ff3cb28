/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v7.3.  Fences have deadlines since v6.4 and may have a lock of their
 * own since v7.2; dma_fence_enable_signaling() got this name in v7.3.
 */
#ifndef NGV_COMPAT_LINUX_DMA_FENCE_H
#define NGV_COMPAT_LINUX_DMA_FENCE_H

#include_next <linux/dma-fence.h>

#ifdef HAVE_DMA_FENCE_SET_DEADLINE
#define DMA_FENCE_OPS_SET_DEADLINE(fn)	.set_deadline = (fn)
#else
/*
 * The kernel has no such callback.  Name the function in another entry with its default
 * value, so that the compiler does not warn of an unused function.
 */
#define DMA_FENCE_OPS_SET_DEADLINE(fn)	.use_64bit_seqno = !sizeof(typeof(fn) *)

/**
 * dma_fence_set_deadline() - tells a fence when its waiter needs it
 * @fence: the fence
 * @deadline: the time, CLOCK_MONOTONIC
 *
 * A kernel without deadlines ignores the hint.  Any context.
 *
 * Semantics: mainline 6.12, for a fence without the callback.
 */
static inline void dma_fence_set_deadline(struct dma_fence *fence, ktime_t deadline)
{
}
#endif

#ifndef HAVE_DMA_FENCE_EXTERN_LOCK
/* Every fence has a lock of its creator. */
#define extern_lock	lock

#define dma_fence_lock_irqsave(fence, flags)	\
	spin_lock_irqsave((fence)->lock, flags)
#define dma_fence_unlock_irqrestore(fence, flags)	\
	spin_unlock_irqrestore((fence)->lock, flags)
#endif

#ifndef HAVE_DMA_FENCE_ENABLE_SIGNALING
#define dma_fence_enable_signaling	dma_fence_enable_sw_signaling
#endif

#endif
