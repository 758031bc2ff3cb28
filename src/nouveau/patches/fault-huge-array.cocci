// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: any program could make the kernel warn about an allocation that is too large. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_drv.h
// Bases: 6.12 7.3
// Drop: when the imported source limits what it allocates for a program's array
@@
identifier user, bytes;
@@
+	if (bytes > INT_MAX)
+		return ERR_PTR(-ENOMEM);
	return vmemdup_user(user, bytes);
