// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_dp_add_payload_part2() do without the atomic state?
// Since: v6.10
#include <drm/display/drm_dp_mst_helper.h>

int probe(struct drm_dp_mst_topology_mgr *mgr,
	  struct drm_dp_mst_atomic_payload *payload);
int probe(struct drm_dp_mst_topology_mgr *mgr,
	  struct drm_dp_mst_atomic_payload *payload)
{
	return drm_dp_add_payload_part2(mgr, payload);
}
