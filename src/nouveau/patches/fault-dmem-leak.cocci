// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the driver leaked the state of device memory when it was unbound from a card. A fault of mainline, on kernels with DRM_NOUVEAU_SVM.
// Files: drivers/gpu/drm/nouveau/nouveau_dmem.c
// Bases: 6.12 7.3
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
