// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is an MST payload removed in two parts, around the ACT?
// Since: v6.7 5aa1dfcdf0a4 ("drm/mst: Refactor the flow for payload allocation/removement")
// Export: drm_dp_remove_payload_part1 drm_dp_remove_payload_part2
#include <drm/display/drm_dp_mst_helper.h>

void probe(struct drm_dp_mst_topology_mgr *mgr,
	   struct drm_dp_mst_topology_state *state,
	   const struct drm_dp_mst_atomic_payload *old,
	   struct drm_dp_mst_atomic_payload *new);
void probe(struct drm_dp_mst_topology_mgr *mgr,
	   struct drm_dp_mst_topology_state *state,
	   const struct drm_dp_mst_atomic_payload *old,
	   struct drm_dp_mst_atomic_payload *new)
{
	drm_dp_remove_payload_part1(mgr, state, new);
	drm_dp_remove_payload_part2(mgr, state, old, new);
}
