// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_edp_backlight_init() know of luminance, with levels of 32 bits?
// Since: v7.2 or before, after v6.12
#if !defined(NGV_OTHERWISE) || __has_include(<drm/display/drm_dp_helper.h>)
#include <drm/display/drm_dp_helper.h>

#ifndef NGV_OTHERWISE
int probe(struct drm_dp_aux *aux, struct drm_edp_backlight_info *bl, const u8 *dpcd, u32 *level);
int probe(struct drm_dp_aux *aux, struct drm_edp_backlight_info *bl, const u8 *dpcd, u32 *level)
{
	u8 mode;

	return drm_edp_backlight_init(aux, bl, 0, 0, dpcd, level, &mode, false);
}
#else
int probe(struct drm_dp_aux *aux, struct drm_edp_backlight_info *bl, const u8 *dpcd, u16 *level);
int probe(struct drm_dp_aux *aux, struct drm_edp_backlight_info *bl, const u8 *dpcd, u16 *level)
{
	u8 mode;

	return drm_edp_backlight_init(aux, bl, 0, dpcd, level, &mode);
}
#endif
#endif
