// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: with the GSP the driver reported VRAM that the firmware keeps as usable. Buffers that would fit by that size failed with ENOMEM instead of replacing others. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/fb/r535.c
// Bases: 6.12 7.3
// Drop: when the imported source adds up the firmware's regions there
@@
identifier ram, gsp;
@@
 r535_fb_ram_new(...)
 {
	...
-	ram->size = gsp->fb.size;
	...
	for (int i = 0; i < gsp->fb.region_nr; i++) {
		...
+		ram->size += gsp->fb.region[i].size;
	}
	...
 }
