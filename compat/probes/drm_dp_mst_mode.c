// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_dp_read_mst_cap() tell more than MST or not?
// Since: v6.10
#include <drm/display/drm_dp_mst_helper.h>

enum drm_dp_mst_mode probe(struct drm_dp_aux *aux, const u8 *dpcd);
enum drm_dp_mst_mode probe(struct drm_dp_aux *aux, const u8 *dpcd)
{
	return drm_dp_read_mst_cap(aux, dpcd) == DRM_DP_MST ? DRM_DP_MST : DRM_DP_SST;
}
