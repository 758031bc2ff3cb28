// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the display engine of Blackwell cannot send a bare address over AUX, and older kernels send one all the same: acknowledge it without sending.
// Files: drivers/gpu/drm/nouveau/nouveau_connector.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.17
@@
expression channel;
@@
-channel.no_zero_sized = true;
+drm_dp_aux_no_zero_sized(&channel);

@@
identifier aux, msg, connector;
@@
 nouveau_connector_aux_xfer(struct drm_dp_aux *aux, struct drm_dp_aux_msg *msg)
 {
	...
	if (WARN_ON(msg->size > 16))
		return -E2BIG;
+	if (drm_dp_aux_bare_address(msg,
+				    nouveau_display(aux->drm_dev)->disp.object.oclass < GB202_DISP)) {
+		msg->reply = DP_AUX_NATIVE_REPLY_ACK | DP_AUX_I2C_REPLY_ACK;
+		return 0;
+	}
	...
 }
