// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: fences of kernels before 6.4 have no set_deadline callback; whether there is one, a macro knows.
// Files: drivers/gpu/drm/scheduler/sched_fence.c
// Bases: 6.12
// Drop: when the oldest supported kernel is 6.4
@@
identifier ops, fn;
@@
 const struct dma_fence_ops ops = {
	...,
-	.set_deadline = fn,
+	DMA_FENCE_OPS_SET_DEADLINE(fn),
	...,
 };
