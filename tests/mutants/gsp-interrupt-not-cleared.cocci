// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the interrupt by which RM tells of an event stays
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: fault/write fault/again
@@
identifier gsp;
@@
 r535_gsp_intr(...)
 {
	<...
-	nvkm_falcon_wr32(&gsp->falcon, 0x004, 0x00000040);
	...>
 }
