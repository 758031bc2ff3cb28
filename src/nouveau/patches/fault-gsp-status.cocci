// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the driver did not look at the status of a control that it asked RM for, the firmware of the GSP, if the control gives nothing back. A channel that RM did not schedule looked fine and never ran. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c drivers/gpu/drm/nouveau/nvkm/engine/fifo/r535.c
// Bases: 6.12
// Drop: when the imported source receives the header of such an answer
// Only the schedule of a channel fails by that. What real firmware refuses besides, and
// with what right, is not known: the driver logs the others and goes on, as before.
@@
identifier rpc, repc;
expression gsp, wait;
@@
 r535_gsp_rpc_rm_ctrl_push(..., u32 repc)
 {
	<...
	rpc = nvkm_gsp_rpc_push(gsp, rpc, wait,
-		repc);
+		repc ? repc : sizeof(*rpc));
	...>
 }

@@
identifier rpc, repc, argv, ret, gsp;
@@
 r535_gsp_rpc_rm_ctrl_push(..., void **argv, u32 repc)
 {
	...
	if (repc)
		*argv = rpc->params;
 	else
 		nvkm_gsp_rpc_done(gsp, rpc);
-	return ret;
+	return repc ? ret : 0;
 }

@@
identifier ctrl, ret;
expression object;
@@
 r535_chan_ramfc_write(...)
 {
	<...
	ctrl->bEnable = 1;
-	ret = nvkm_gsp_rm_ctrl_wr(object, ctrl);
+	ret = nvkm_gsp_rm_ctrl_push(object, &ctrl, sizeof(*ctrl));
+	nvkm_gsp_rm_ctrl_done(object, ctrl);
	...>
 }
