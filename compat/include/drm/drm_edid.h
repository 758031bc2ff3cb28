/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Not needed from 6.8 on, where the EDID parser fills in has_audio. */
#ifndef NGV_COMPAT_DRM_EDID_H
#define NGV_COMPAT_DRM_EDID_H

#include_next <drm/drm_edid.h>
#include <drm/drm_connector.h>

/**
 * drm_connector_has_audio - whether the sink on a connector takes audio
 * @connector: the connector
 * @edid: what its EDID property was just updated with, or NULL
 *
 * What mainline 6.12 has in display_info.has_audio: basic audio in the header
 * of a CTA extension, or an audio data block.
 *
 * Context: where @edid is updated, so that it stays; the connector's lock held.
 *
 * Return: whether audio should be enabled with the video.
 */
static inline bool drm_connector_has_audio(const struct drm_connector *connector,
					   const struct edid *edid)
{
#ifdef HAVE_DRM_DISPLAY_INFO_HAS_AUDIO
	return connector->display_info.has_audio;
#else
	return drm_detect_monitor_audio(edid);
#endif
}

#endif
