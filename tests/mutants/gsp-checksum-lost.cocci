// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: messages to RM have no checksum
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Chip: tu102
// Tests: vm-init/good
@@
identifier cmd;
expression sum;
@@
 r535_gsp_cmdq_push(...)
 {
	...
	cmd->checksum = 0;
	...
-	cmd->checksum = sum;
	...
 }
