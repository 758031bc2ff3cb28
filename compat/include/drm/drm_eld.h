/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* drm_eld_size() and its siblings moved here from drm_edid.h in 6.8. */
#ifdef HAVE_DRM_ELD_HEADER
#include_next <drm/drm_eld.h>
#else
#include <drm/drm_edid.h>
#endif
