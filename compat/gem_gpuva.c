// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The list of the VMs that map a GEM object, for kernels before v6.1, whose objects
// have no field for it.

#include <linux/export.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include <ngv-beside.h>

struct ngv_gem_gpuva {
	struct ngv_beside beside;
	struct list_head list;
};

static void ngv_gem_gpuva_drop(struct ngv_beside *beside)
{
	kfree(container_of(beside, struct ngv_gem_gpuva, beside));
}

static struct ngv_beside *ngv_gem_gpuva_get(struct drm_gem_object *obj, gfp_t gfp)
{
	struct ngv_beside *found = ngv_beside_find(obj);
	struct ngv_gem_gpuva *gpuva;

	if (found)
		return found;
	gpuva = kzalloc(sizeof(*gpuva), gfp);
	if (!gpuva)
		return NULL;
	gpuva->beside.drop = ngv_gem_gpuva_drop;
	INIT_LIST_HEAD(&gpuva->list);
	found = ngv_beside_add(&gpuva->beside, obj);
	if (found != &gpuva->beside)
		kfree(gpuva);
	return found;
}

/**
 * ngv_gem_gpuva_list() - gets the list of &struct drm_gpuvm_bo of a GEM object
 * @obj: the object
 *
 * The object's gpuva lock protects the list.  May sleep if drm_gem_gpuva_init() had no
 * memory for the list.
 *
 * Return: the list, which the function allocates if necessary.
 */
struct list_head *ngv_gem_gpuva_list(struct drm_gem_object *obj)
{
	struct ngv_beside *found = ngv_gem_gpuva_get(obj, GFP_KERNEL | __GFP_NOFAIL);

	return &container_of(found, struct ngv_gem_gpuva, beside)->list;
}
EXPORT_SYMBOL(ngv_gem_gpuva_list);

/**
 * drm_gem_gpuva_init() - initialises the list of an object
 * @obj: the object
 *
 * May sleep.  Semantics: mainline 6.12.
 */
void drm_gem_gpuva_init(struct drm_gem_object *obj)
{
	struct ngv_beside *found = ngv_gem_gpuva_get(obj, GFP_KERNEL);

	if (found)
		INIT_LIST_HEAD(&container_of(found, struct ngv_gem_gpuva, beside)->list);
}
EXPORT_SYMBOL(drm_gem_gpuva_init);

/**
 * ngv_gem_gpuva_forget() - frees the list of an object
 * @obj: the object, which is about to be freed
 *
 * Process context.
 */
void ngv_gem_gpuva_forget(struct drm_gem_object *obj)
{
	struct ngv_beside *beside = ngv_beside_take(obj);

	if (beside)
		beside->drop(beside);
}
EXPORT_SYMBOL(ngv_gem_gpuva_forget);
