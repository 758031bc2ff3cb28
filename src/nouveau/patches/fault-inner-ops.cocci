// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the driver accepted and carried out its internal numbers of sparse operations from programs. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Bases: 6.12 7.3
// Drop: when the imported source refuses operations that its interface has not
@@
identifier op, uop;
@@
 bind_job_op_from_uop(..., struct drm_nouveau_vm_bind_op *uop)
 {
	struct bind_job_op *op;
+
+	if (uop->op > DRM_NOUVEAU_VM_BIND_OP_UNMAP)
+		return -EINVAL;
	...
 }
