// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_dp_get_vc_payload_bw() do without the topology?
// Since: v7.2 or before, after v6.12
#if !defined(NGV_OTHERWISE) || __has_include(<drm/display/drm_dp_mst_helper.h>)
#include <drm/display/drm_dp_mst_helper.h>

void probe(struct drm_dp_mst_topology_state *state);
void probe(struct drm_dp_mst_topology_state *state)
{
#ifndef NGV_OTHERWISE
	state->pbn_div = drm_dp_get_vc_payload_bw(270000, 4);
#else
	state->pbn_div = drm_dp_get_vc_payload_bw(state->mgr, 270000, 4);
#endif
}
#endif
