// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does a helper set the mode of repeaters, drm_dp_lttpr_init()?
// Since: v6.15
// Export: drm_dp_lttpr_init
// Absent: drm_dp_lttpr_init
#include <drm/display/drm_dp_helper.h>

int probe(struct drm_dp_aux *aux);
int probe(struct drm_dp_aux *aux)
{
	return drm_dp_lttpr_init(aux, 1);
}
