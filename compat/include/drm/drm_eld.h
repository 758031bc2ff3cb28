/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from 6.8, where drm_eld_size() and related functions moved here from
 * drm_edid.h.
 */
#ifdef HAVE_DRM_ELD_HEADER
#include_next <drm/drm_eld.h>
#else
#include <drm/drm_edid.h>
#endif
