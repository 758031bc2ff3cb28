// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a client without a VM could open a NO_SHARE object of another client by its flink name. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_gem.c
// Bases: 6.12 7.3
// Drop: when the imported source asks whose the object is even if the client has no VM
@@
identifier nvbo, uvmm;
expression other;
@@
 nouveau_gem_object_open(...)
 {
	...
-	if (nvbo->no_share && uvmm && other)
+	if (nvbo->no_share && (!uvmm || other))
		return -EPERM;
	...
 }
