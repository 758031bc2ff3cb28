// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does drm_crtc_vblank_crtc() find the vblank state of a CRTC?
// Since: v6.14
// Export: drm_crtc_vblank_crtc
// Absent: drm_crtc_vblank_crtc
#include <drm/drm_vblank.h>

struct drm_vblank_crtc *probe(struct drm_crtc *crtc);
struct drm_vblank_crtc *probe(struct drm_crtc *crtc)
{
	return drm_crtc_vblank_crtc(crtc);
}
