// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the EDID parser note whether the sink takes audio?
// Since: v6.8
#include <drm/drm_connector.h>

bool probe(const struct drm_connector *connector);
bool probe(const struct drm_connector *connector)
{
	return connector->display_info.has_audio;
}
