// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: all clients of RM have one handle
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: vm-init/many-clients
@@
expression object, class, size;
identifier ret;
@@
 r535_gsp_client_ctor(...)
 {
	<...
-	nvkm_gsp_rm_alloc_get(object, 0xc1d00000 | ret, class, size, object)
+	nvkm_gsp_rm_alloc_get(object, 0xc1d00000, class, size, object)
	...>
 }
