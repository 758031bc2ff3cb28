// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do the fences of a reservation say what they are there for, enum dma_resv_usage?
// Since: v5.19, up to BOOKKEEP; before that there are exclusive and shared fences
// Export: dma_resv_add_fence dma_resv_reserve_fences dma_resv_wait_timeout
#include <linux/dma-resv.h>

long probe(struct dma_resv *resv, struct dma_fence *fence);
long probe(struct dma_resv *resv, struct dma_fence *fence)
{
#ifndef NGV_OTHERWISE
	dma_resv_add_fence(resv, fence, DMA_RESV_USAGE_BOOKKEEP);
	return dma_resv_wait_timeout(resv, DMA_RESV_USAGE_KERNEL, false, 1);
#else
	int err = dma_resv_reserve_shared(resv, 1);

	dma_resv_add_excl_fence(resv, NULL);
	dma_resv_add_shared_fence(resv, fence);
	write_seqcount_begin(&resv->seq);
	rcu_assign_pointer(resv->fence_excl, fence);
	write_seqcount_end(&resv->seq);
	return err + rcu_dereference_protected(resv->fence, 1)->shared_count;
#endif
}
