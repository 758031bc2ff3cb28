// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: May a fence have a lock of its own, with the other lock called extern_lock?
// Since: v7.2 or before
#include <linux/dma-fence.h>

#ifndef NGV_OTHERWISE
spinlock_t *probe(struct dma_fence *fence);
spinlock_t *probe(struct dma_fence *fence)
{
	unsigned long flags;

	dma_fence_lock_irqsave(fence, flags);
	dma_fence_unlock_irqrestore(fence, flags);
	return fence->extern_lock;
}
#else
spinlock_t *probe(const struct dma_fence *fence);
spinlock_t *probe(const struct dma_fence *fence)
{
	return fence->lock;
}
#endif
