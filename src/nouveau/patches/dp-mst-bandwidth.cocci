// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: drm_dp_get_vc_payload_bw() wants the topology in older kernels.
// Files: drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.17
@@
expression state, rate, lanes;
@@
-state->pbn_div = drm_dp_get_vc_payload_bw(rate, lanes);
+state->pbn_div = drm_dp_mst_payload_bw(state, rate, lanes);
