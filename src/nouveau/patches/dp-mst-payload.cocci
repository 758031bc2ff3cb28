// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.7 one call removes an MST payload and needs the old state; a payload whose allocation failed has no first slot.
// Files: drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.7

// The state's structure has another name since 7.2.
@@
type atomic_state;
identifier fn, state, mgr, mst_state, payload;
@@
fn(atomic_state *state,
   struct drm_dp_mst_topology_state *mst_state,
   struct drm_dp_mst_topology_mgr *mgr, ...)
{
<...
-	drm_dp_remove_payload_part1(mgr, mst_state, payload);
+	drm_dp_mst_remove_payload_part1(mgr, drm_atomic_get_old_mst_topology_state(state, mgr),
+					mst_state, payload);
...>
}

// A head must not be programmed with the -1 of a payload whose allocation failed.
@@
identifier ret, payload;
@@
	payload = drm_atomic_get_mst_payload_state(...);
	...
-	if (ret == 0)
+	if (ret == 0 && payload->vc_start_slot >= 0)
	{
		<+...
		nvif_outp_dp_mst_vcpi(...)
		...+>
	}
	else { ... }
