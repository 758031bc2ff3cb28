// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: our TTM and GPU scheduler are loaded beside the kernel's own, so their names must differ: the kernel rejects a second debugfs directory, slab cache or trace system of the same name.
// Files: drivers/gpu/drm/ttm/ttm_device.c drivers/gpu/drm/scheduler/sched_fence.c
// Files: drivers/gpu/drm/scheduler/gpu_scheduler_trace.h
// Bases: 6.12 7.3
// Drop: never
@@
expression parent;
@@
-debugfs_create_dir("ttm", parent)
+debugfs_create_dir("ngv_ttm", parent)

@@
@@
 alloc_workqueue(
-	"ttm",
+	"ngv_ttm",
	...)

@@
expression flags;
@@
-KMEM_CACHE(drm_sched_fence, flags)
+kmem_cache_create("ngv_drm_sched_fence", sizeof(struct drm_sched_fence),
+		  __alignof__(struct drm_sched_fence), flags, NULL)

@@
symbol gpu_scheduler, ngv_gpu_scheduler;
@@
-#define TRACE_SYSTEM gpu_scheduler
+#define TRACE_SYSTEM ngv_gpu_scheduler
