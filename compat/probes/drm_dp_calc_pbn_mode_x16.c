// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_dp_calc_pbn_mode() always take sixteenths of a bit per pixel?
// Since: v6.8
#include <drm/display/drm_dp_mst_helper.h>

int probe(int clock, int bpp_x16);
int probe(int clock, int bpp_x16)
{
	return drm_dp_calc_pbn_mode(clock, bpp_x16);
}
