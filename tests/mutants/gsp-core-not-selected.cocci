// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the GSP's RISC-V core is not selected
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/ga102.c
// Chip: ga102
// Tests: vm-init/good
@@
identifier gsp;
@@
 ga102_gsp_reset(struct nvkm_gsp *gsp)
 {
	...
-	nvkm_falcon_mask(&gsp->falcon, 0x1668, 0x00000111, 0x00000111);
	...
 }
