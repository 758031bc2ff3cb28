// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the PBN divider of the MST state is an int before 6.8, and a fixed20_12 since.
// Files: drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.8

@@
struct drm_dp_mst_topology_state *mst_state;
@@
(
-	dfixed_trunc(mst_state->pbn_div)
+	drm_dp_mst_pbn_div_trunc(mst_state)
|
-	mst_state->pbn_div.full
+	drm_dp_mst_pbn_div_known(mst_state)
)
