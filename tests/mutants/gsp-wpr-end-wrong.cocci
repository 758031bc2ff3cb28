// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: what is told of the protected memory ends too early
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: vm-init/good
@@
identifier meta;
expression end;
@@
 r535_gsp_wpr_meta_init(...)
 {
	...
-	meta->gspFwWprEnd = end;
+	meta->gspFwWprEnd = end - 0x20000;
	...
 }
