/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.8, where the EDID parser sets has_audio. */
#ifndef NGV_COMPAT_DRM_EDID_H
#define NGV_COMPAT_DRM_EDID_H

#include_next <drm/drm_edid.h>
#include <drm/drm_connector.h>

/**
 * drm_connector_has_audio - checks whether the sink of a connector supports audio
 * @connector: the connector
 * @edid: the EDID of the last update of its EDID property, or NULL
 *
 * As display_info.has_audio of mainline 6.12: basic audio in the header of a CTA
 * extension, or an audio data block.
 *
 * Context: where the driver updates @edid, so that it stays; the connector's lock is
 * held.
 *
 * Return: true if the driver should enable audio with the video.
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
