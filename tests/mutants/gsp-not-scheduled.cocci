// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: RM is not asked to schedule a channel
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/fifo/r535.c
// Chip: tu102
// Tests: exec/copy
@@
identifier ctrl, ret;
expression object;
@@
 r535_chan_ramfc_write(...)
 {
	<...
	ctrl->bEnable = 1;
-	ret = nvkm_gsp_rm_ctrl_push(object, &ctrl, sizeof(*ctrl));
	...>
 }
