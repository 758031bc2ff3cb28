// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: all messages to RM have one number
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: vm-init/good
@@
identifier gsp, cmd;
@@
 r535_gsp_cmdq_push(struct nvkm_gsp *gsp, ...)
 {
	...
-	cmd->sequence = gsp->cmdq.seq++;
+	cmd->sequence = gsp->cmdq.seq;
	...
 }
