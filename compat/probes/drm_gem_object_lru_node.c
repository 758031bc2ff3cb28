// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Have GEM objects the list head of an LRU that a driver may leave alone?
// Since: v6.1 ("drm/gem: Add LRU/shrinker helper")
#include <drm/drm_gem.h>

struct list_head *probe(struct drm_gem_object *obj);
struct list_head *probe(struct drm_gem_object *obj)
{
	return &obj->lru_node;
}
