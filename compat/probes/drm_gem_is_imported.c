// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a function that knows an imported GEM object, drm_gem_is_imported()?
// Since: v6.15 (stable kernels took it back to v6.12)
// Absent: drm_gem_is_imported
#include <drm/drm_gem.h>

bool probe(const struct drm_gem_object *obj);
bool probe(const struct drm_gem_object *obj)
{
	return drm_gem_is_imported(obj);
}
