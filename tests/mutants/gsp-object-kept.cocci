// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: RM never hears that an object is gone
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: channel/alloc-free
@@
expression gsp, rpc;
@@
 r535_gsp_rpc_rm_free(...)
 {
	...
-	return nvkm_gsp_rpc_wr(gsp, rpc, true);
+	nvkm_gsp_rpc_done(gsp, rpc);
+	return 0;
 }
