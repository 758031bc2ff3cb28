// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do GEM objects have a list of the GPU mappings made of them?
// Since: v6.6 ("drm: manager to keep track of GPUs VA mappings")
#include <drm/drm_gem.h>

struct list_head *probe(struct drm_gem_object *obj);
struct list_head *probe(struct drm_gem_object *obj)
{
	drm_gem_gpuva_init(obj);
	return &obj->gpuva.list;
}
