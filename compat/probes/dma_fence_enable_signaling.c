// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Has dma_fence_enable_sw_signaling() lost its sw, dma_fence_enable_signaling()?
// Since: v7.3
#include <linux/dma-fence.h>

void probe(struct dma_fence *fence);
void probe(struct dma_fence *fence)
{
#ifndef NGV_OTHERWISE
	dma_fence_enable_signaling(fence);
#else
	dma_fence_enable_sw_signaling(fence);
#endif
}
