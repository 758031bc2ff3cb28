// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: jobs do not wait for their syncobjs
// File: upstream/drivers/gpu/drm/nouveau/nouveau_sched.c
// Tests: sync async
@@
identifier ret, in_fence;
expression base;
@@
 nouveau_job_add_deps(...)
 {
	<...
-	ret = drm_sched_job_add_dependency(base, in_fence);
+	dma_fence_put(in_fence);
	...>
 }
