// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the fence of an EXEC is emitted before its commands
// File: upstream/drivers/gpu/drm/nouveau/nouveau_exec.c
// Channel: stable
// Tests: exec channel
@@
identifier chan, fence, exec_job, job;
@@
 nouveau_exec_job_run(struct nouveau_job *job)
 {
	...
	struct nouveau_fence *fence = exec_job->fence;
	...
+	nouveau_fence_emit(fence);
	for (...; ...; ...) { ... }
-	ret = nouveau_fence_emit(fence);
	...
 }
