// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: mappings have no page kind
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: map/kind map/no-such-kind
@@
identifier args, kind;
@@
 nouveau_uvmm_vmm_map(...)
 {
	<...
-	args.gf100.kind = kind;
+	args.gf100.kind = 0;
	...>
 }
