// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is the mode that a connector's mode_valid() checks const?
// Since: v6.15
#include <drm/drm_modeset_helper_vtables.h>

#ifndef NGV_OTHERWISE
#define MODE const struct drm_display_mode
#else
#define MODE struct drm_display_mode
#endif

static enum drm_mode_status valid(struct drm_connector *connector, MODE *mode)
{
	return MODE_OK;
}

extern const struct drm_connector_helper_funcs probe;
const struct drm_connector_helper_funcs probe = {
	.mode_valid = valid,
};
