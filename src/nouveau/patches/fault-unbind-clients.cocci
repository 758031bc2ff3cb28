// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: when the driver left a card (unbind, vfio-pci, unload) while a program had the card open, the driver moved buffers with a channel that was gone, freed what open files and buffers still used, and accepted NVIF calls afterwards. The kernel crashed. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_drm.c drivers/gpu/drm/nouveau/nouveau_gem.c drivers/gpu/drm/nouveau/nouveau_bo.c drivers/gpu/drm/nouveau/nouveau_ttm.c
// Bases: 6.12 7.3
// Drop: when the imported source keeps struct nouveau_drm until the last file is closed

// Clients go as long as their channels have a card.  The memory of a client belongs to its file.
@@
@@
 #include "nouveau_ttm.h"
+#include <drm/ttm/ttm_tt.h>

@@
@@
+static int ngv_text_framebuffers;
+
+static int ngv_text_client;
+
 static void
 nouveau_drm_device_fini(struct nouveau_drm *drm)
 {
	...
 }

@@
iterator name list_for_each_entry_safe;
struct nouveau_drm *drm;
struct drm_device *dev;
identifier cli, temp_cli;
@@
 nouveau_drm_device_fini(...)
 {
	...
+	nouveau_drm_framebuffers_fini(dev);
	nouveau_display_destroy(dev);
+	nouveau_drm_clients_fini(drm);
	...
-	mutex_lock(&drm->clients_lock);
-	list_for_each_entry_safe(cli, temp_cli, &drm->clients, head) {
-	...
-	}
-	mutex_unlock(&drm->clients_lock);
	...
-	mutex_destroy(&drm->clients_lock);
 }

@@
@@
 nouveau_drm_device_fini(...)
 {
	...
-	struct nouveau_cli *cli;
	...
 }

@@
@@
 nouveau_drm_device_fini(...)
 {
	...
-	struct nouveau_cli *temp_cli;
	...
 }

// The last file or buffer puts the device, and that frees struct nouveau_drm.
@@
struct nouveau_drm *drm;
@@
 nouveau_drm_device_del(...)
 {
-	if (drm->dev)
-		drm_dev_put(drm->dev);
	...
-	mutex_destroy(&drm->client_mutex);
-	kfree(drm);
+	if (IS_ERR_OR_NULL(drm->dev))
+		kfree(drm);
+	else
+		drm_dev_put(drm->dev);
 }

@@
identifier dev, fpriv, cli, drm, dev_index;
@@
 nouveau_drm_postclose(struct drm_device *dev, struct drm_file *fpriv)
 {
	struct nouveau_cli *cli = ...;
	struct nouveau_drm *drm = ...;
	...
-	if (!drm_dev_enter(dev, &dev_index))
-		return;
+	if (!drm_dev_enter(dev, &dev_index)) {
+		nouveau_drm_client_free(drm, cli);
+		return;
+	}
	...
 }

@@
identifier file, cmd, arg;
@@
-long nouveau_drm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
+static long nouveau_drm_ioctl_present(struct file *file, unsigned int cmd, unsigned long arg)
 {
	...
 }
+
+static int ngv_text_ioctl;

@@
@@
 static struct drm_driver driver_stub = {
+	.release = nouveau_drm_release,
 };

// --- buffers after the card

@@
@@
+static int ngv_text_close;
+
 nouveau_gem_object_close(...)
 {
	...
 }

@@
identifier gem, file_priv, nvbo, vmm, ret;
@@
 nouveau_gem_object_close(struct drm_gem_object *gem, struct drm_file *file_priv)
 {
	...
	struct nouveau_vmm *vmm = ...;
	...
	int ret;
	...
	if (nouveau_cli_uvmm(...))
		return;

-	ret = ttm_bo_reserve(&nvbo->bo, ...);
-	if (ret)
-		return;
+	if (!drm_dev_enter(gem->dev, &index)) {
+		nouveau_gem_object_forget(nvbo, vmm);
+		return;
+	}
+
+	ret = ttm_bo_reserve(&nvbo->bo, false, false, NULL);
+	if (ret)
+		goto exit;
	...
	ttm_bo_unreserve(&nvbo->bo);
+exit:
+	drm_dev_exit(index);
 }

@@
identifier ret;
@@
 nouveau_gem_object_close(...)
 {
	...
	int ret;
+	int index;
	...
 }

@@
identifier gem, nvbo, drm, dev, put, ret;
@@
 nouveau_gem_object_del(struct drm_gem_object *gem)
 {
	...
	struct nouveau_drm *drm = ...;
	...
-	ret = pm_runtime_get_sync(dev);
+	/* The card may have another driver. */
+	if (drm_dev_is_unplugged(drm->dev)) {
+		put(&nvbo->bo);
+		return;
+	}
+
+	ret = pm_runtime_get_sync(dev);
	...
	put(&nvbo->bo);
	...
 }

@@
typedef vm_fault_t;
identifier vmf;
@@
-static vm_fault_t nouveau_ttm_fault(struct vm_fault *vmf)
+static vm_fault_t nouveau_ttm_fault_present(struct vm_fault *vmf)
 {
	...
 }
+
+static int ngv_text_fault;

@@
@@
+static int ngv_text_evict;
+
 nouveau_bo_evict_flags(...)
 {
	...
 }

@@
expression bo;
@@
 nouveau_bo_evict_flags(...)
 {
	<...
-	bo->resource->mem_type
+	nouveau_bo_evict_from(bo)
	...>
 }

// What was in VRAM is lost: nobody can read it any more.
@@
identifier drm, old_reg, new_reg, bo;
@@
 nouveau_bo_move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx,
		 struct ttm_resource *new_reg, struct ttm_place *hop)
 {
	struct nouveau_drm *drm = ...;
	<...
+	if (old_reg && old_reg->mem_type == TTM_PL_VRAM && drm_dev_is_unplugged(drm->dev)) {
+		ttm_bo_move_null(bo, new_reg);
+		goto out;
+	}
+
	if (!old_reg || (old_reg->mem_type == TTM_PL_SYSTEM && !bo->ttm)) {
		...
	}
	...>
 }

@@
identifier drm;
@@
 nouveau_ttm_fini(struct nouveau_drm *drm)
 {
	...
-	ttm_device_fini(&drm->ttm.bdev);
	...
 }
