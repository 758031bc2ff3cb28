// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does every DRM client have a number, drm_file.client_id?
// Since: v6.5 3f09a0cd4ea3 ("drm: Add common fdinfo helper")
#include <drm/drm_file.h>

u64 probe(struct drm_file *file);
u64 probe(struct drm_file *file)
{
	return file->client_id;
}
