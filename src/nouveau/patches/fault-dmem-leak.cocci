// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the state of device memory was lost each time the driver left a card. A fault of mainline, where the kernel has DRM_NOUVEAU_SVM.
// Files: drivers/gpu/drm/nouveau/nouveau_dmem.c
// Bases: 6.12
// Drop: when the imported source frees it in nouveau_dmem_fini()
@@
identifier drm;
@@
 nouveau_dmem_fini(struct nouveau_drm *drm)
 {
	...
	mutex_unlock(&drm->dmem->mutex);
+	kfree(drm->dmem);
+	drm->dmem = NULL;
 }
