// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can an AUX channel be one that sends no bare addresses, no_zero_sized?
// Since: v7.2 or before, after v6.12
#include <drm/display/drm_dp_helper.h>

bool probe(const struct drm_dp_aux *aux);
bool probe(const struct drm_dp_aux *aux)
{
	return aux->no_zero_sized;
}
