// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a waiter tell a fence its deadline, dma_fence_set_deadline()?
// Since: v6.4 aec11c8d7cb3 ("dma-buf/dma-fence: Add deadline awareness")
// Export: dma_fence_set_deadline
// Absent: dma_fence_set_deadline
#include <linux/dma-fence.h>

static void set_deadline(struct dma_fence *fence, ktime_t deadline)
{
	dma_fence_set_deadline(fence, deadline);
}

extern const struct dma_fence_ops probe_ops;
const struct dma_fence_ops probe_ops = {
	.set_deadline = set_deadline,
};
