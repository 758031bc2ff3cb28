/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.14, which has drm_crtc_vblank_crtc(). */
#ifndef NGV_COMPAT_DRM_VBLANK_H
#define NGV_COMPAT_DRM_VBLANK_H

#include_next <drm/drm_vblank.h>

#ifndef HAVE_DRM_CRTC_VBLANK_CRTC
#include <drm/drm_crtc.h>
#include <drm/drm_device.h>

/**
 * drm_crtc_vblank_crtc - gets the vblank state of a CRTC
 * @crtc: a CRTC of a device after drm_vblank_init()
 *
 * Context: any.
 *
 * Return: the state, which lives as long as the device.
 */
static inline struct drm_vblank_crtc *drm_crtc_vblank_crtc(struct drm_crtc *crtc)
{
	return crtc->dev->vblank + drm_crtc_index(crtc);
}
#endif

#endif
