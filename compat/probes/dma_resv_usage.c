// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do the fences of a reservation say what they are there for, enum dma_resv_usage?
// Since: v5.19, up to BOOKKEEP; before that there are exclusive and shared fences
// Export: dma_resv_add_fence dma_resv_reserve_fences dma_resv_wait_timeout
#include <linux/dma-resv.h>

long probe(struct dma_resv *resv, struct dma_fence *fence);
long probe(struct dma_resv *resv, struct dma_fence *fence)
{
	dma_resv_add_fence(resv, fence, DMA_RESV_USAGE_BOOKKEEP);
	return dma_resv_wait_timeout(resv, DMA_RESV_USAGE_KERNEL, false, 1);
}
