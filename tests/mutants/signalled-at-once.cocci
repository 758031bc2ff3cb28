// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a job's syncobjs are signalled when it is queued
// File: upstream/drivers/gpu/drm/nouveau/nouveau_sched.c
// Tests: async
@@
identifier fence;
expression job;
@@
 nouveau_job_fence_attach(...)
 {
-	struct dma_fence *fence = job->done_fence;
+	struct dma_fence *fence = dma_fence_get_stub();
	...
 }
