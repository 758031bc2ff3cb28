// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a second VM_INIT replaced the first VM, which was leaked. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Bases: 6.12 7.3
// Drop: when the imported source refuses a second VM_INIT
@@
identifier cli, ret;
identifier out_unlock;
@@
 nouveau_uvmm_ioctl_vm_init(...)
 {
	...
	mutex_lock(&cli->mutex);
+	if (cli->uvmm.ptr) {
+		ret = -EBUSY;
+		goto out_unlock;
+	}
	if (unlikely(cli->uvmm.disabled)) {
		ret = -ENOSYS;
		goto out_unlock;
	}
	...
 }
