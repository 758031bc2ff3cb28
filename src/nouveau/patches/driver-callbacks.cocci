// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.6 PRIME works only for drivers that set its helpers, and before 6.12 file operations have no flags; macros set what the kernel needs.
// Files: drivers/gpu/drm/nouveau/nouveau_drm.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.12
@@
identifier driver, fn;
@@
 struct drm_driver driver = {
	...,
-	.gem_prime_import_sg_table = fn,
+	DRM_DRIVER_PRIME_IMPORT(fn),
	...,
 };

@@
identifier fops;
@@
 const struct file_operations fops = {
	...,
-	.fop_flags = FOP_UNSIGNED_OFFSET,
+	FILE_OPERATIONS_UNSIGNED_OFFSET,
 };
