// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: fences have no set_deadline callback before 6.4; a macro sets it if the kernel has it.
// Files: drivers/gpu/drm/scheduler/sched_fence.c
// Bases: 6.12 7.3
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
