// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the check of an object's gpuva lock ask for the object alone?
// Since: v6.6; no more in v6.18, where the VM says which lock it is
#include <drm/drm_gem.h>

void probe(struct drm_gem_object *obj);
void probe(struct drm_gem_object *obj)
{
	drm_gem_gpuva_assert_lock_held(obj);
}
