// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: fault-unbind-clients walks TTM's list of pinned buffers, which later releases call unevictable.
// Files: include/drm/ttm/ttm_device.h drivers/gpu/drm/ttm/ttm_device.c drivers/gpu/drm/ttm/ttm_resource.c
// Bases: 6.12
// Drop: when the list of the oldest base is called unevictable
@@
@@
 struct ttm_device {
	...
-	struct list_head pinned;
+	struct list_head unevictable;
	...
 };

@@
struct ttm_device *bdev;
@@
-	bdev->pinned
+	bdev->unevictable

@@
struct ttm_buffer_object *bo;
@@
-	bo->bdev->pinned
+	bo->bdev->unevictable
