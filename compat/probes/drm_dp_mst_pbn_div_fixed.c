// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the MST state keep the bandwidth of a time slot in fixed point?
// Since: v6.8 191dc43935d1 ("drm/dp_mst: Store the MST PBN divider value in fixed point format")
#include <drm/display/drm_dp_mst_helper.h>

unsigned int probe(const struct drm_dp_mst_topology_state *state);
unsigned int probe(const struct drm_dp_mst_topology_state *state)
{
	return state->pbn_div.full;
}
