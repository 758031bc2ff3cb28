// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do GEM objects have a mutex for the list of the GPU mappings made of them?
// Since: v6.18 ("drm/gem: add mutex to drm_gem_object.gpuva")
#include <drm/drm_gem.h>

struct mutex *probe(struct drm_gem_object *obj);
struct mutex *probe(struct drm_gem_object *obj)
{
	return &obj->gpuva.lock;
}
