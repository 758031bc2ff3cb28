/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.13, where the header moved here. */
#ifdef HAVE_DRM_CLIENT_DEV_SUSPEND
#include_next <drm/clients/drm_client_setup.h>
#else
#include <drm/drm_client_setup.h>
#endif
