// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the driver ignored unknown flags, so a program could not find out which flags it supports. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c drivers/gpu/drm/nouveau/nouveau_exec.c drivers/gpu/drm/nouveau/nouveau_sched.c
// Bases: 6.12 7.3
// Drop: when the imported source refuses them
// The lowest 8 bits of an operation's flags are the kind of its pages.
@@
identifier cli, req, args;
@@
 nouveau_uvmm_ioctl_vm_bind(...)
 {
	...
	if (unlikely(!nouveau_cli_uvmm_locked(cli)))
		return -ENOSYS;
+	if (req->flags & ~DRM_NOUVEAU_VM_BIND_RUN_ASYNC)
+		return -EINVAL;
	ret = nouveau_uvmm_vm_bind_ucopy(&args, req);
	...
 }

@@
identifier pop, uop, op;
@@
 bind_job_op_from_uop(struct bind_job_op **pop, struct drm_nouveau_vm_bind_op *uop)
 {
	struct bind_job_op *op;
+
+	if (uop->flags & ~(DRM_NOUVEAU_VM_BIND_SPARSE | 0xff) || uop->pad)
+		return -EINVAL;
	...
 }

@@
identifier p;
statement S;
@@
+	if (p->flags & ~DRM_NOUVEAU_EXEC_PUSH_NO_PREFETCH)
+		return -EINVAL;
	if (unlikely(p->va_len > NV50_DMA_PUSH_MAX_LENGTH))
		S

@@
identifier sync;
@@
-sync->flags & DRM_NOUVEAU_SYNC_TYPE_MASK
+sync->flags
