// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the queue to RM, the firmware of the GSP, does not begin again at its end
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: vm-init/many-clients
@@
identifier gsp, wptr;
@@
 r535_gsp_cmdq_push(struct nvkm_gsp *gsp, ...)
 {
	<...
-	if (wptr == gsp->cmdq.cnt)
-		wptr = 0;
	...>
 }
