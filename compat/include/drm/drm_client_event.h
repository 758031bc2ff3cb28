/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.16; the header is new in v6.13. */
#ifndef NGV_COMPAT_DRM_CLIENT_EVENT_H
#define NGV_COMPAT_DRM_CLIENT_EVENT_H

#ifdef HAVE_DRM_CLIENT_DEV_SUSPEND
#include_next <drm/drm_client_event.h>
#else

#include <drm/drm_client.h>
#include <drm/drm_device.h>
#include <drm/drm_fb_helper.h>

/**
 * drm_client_dev_suspend() - suspends the in-kernel clients
 * @dev: the device
 *
 * The framebuffer console is the only client with something to suspend.  Process context.
 */
static inline void drm_client_dev_suspend(struct drm_device *dev)
{
	drm_fb_helper_set_suspend_unlocked(dev->fb_helper, true);
}

/**
 * drm_client_dev_resume() - resumes the in-kernel clients
 * @dev: the device
 *
 * Process context.
 */
static inline void drm_client_dev_resume(struct drm_device *dev)
{
	drm_fb_helper_set_suspend_unlocked(dev->fb_helper, false);
}
#endif

#endif
