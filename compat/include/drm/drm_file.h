/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.5, where each DRM client has an ID. */
#ifndef NGV_COMPAT_DRM_FILE_H
#define NGV_COMPAT_DRM_FILE_H

#include_next <drm/drm_file.h>

/**
 * drm_file_client_id() - gets the ID of a DRM client
 * @file: the client's file
 *
 * Any context.
 *
 * Return: drm_file.client_id, or 0, which no client has, if the kernel has no IDs.
 */
static inline u64 drm_file_client_id(const struct drm_file *file)
{
#ifdef HAVE_DRM_FILE_CLIENT_ID
	return file->client_id;
#else
	return 0;
#endif
}

#endif
