// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a plane show a panic, get_scanout_buffer()?
// Since: v6.10
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_panic.h>

static int get(struct drm_plane *plane, struct drm_scanout_buffer *sb)
{
	return sb->set_pixel ? -EBUSY : 0;
}

extern const struct drm_plane_helper_funcs probe;
const struct drm_plane_helper_funcs probe = {
	.get_scanout_buffer = get,
};
