// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is enum mode_set_atomic declared beside the callbacks that take it?
// Since: v6.6 or before, after v6.1, where it is in <drm/drm_fb_helper.h>
#include <drm/drm_modeset_helper_vtables.h>

int probe(enum mode_set_atomic state);
int probe(enum mode_set_atomic state)
{
	return state == ENTER_ATOMIC_MODE_SET;
}
