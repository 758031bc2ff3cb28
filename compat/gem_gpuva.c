// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The list of the VMs that map a GEM object, for kernels before v6.1, whose objects
// have no field for it.

#include <linux/export.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include <ngv-shadow.h>

struct ngv_gem_gpuva {
	struct ngv_shadow shadow;
	struct list_head list;
};

static void ngv_gem_gpuva_drop(struct ngv_shadow *shadow)
{
	kfree(container_of(shadow, struct ngv_gem_gpuva, shadow));
}

/* The list of all objects that have none; nobody adds to it. */
static LIST_HEAD(ngv_gem_gpuva_none);

static struct list_head *ngv_gem_gpuva_find(struct drm_gem_object *obj)
{
	struct ngv_shadow *found = ngv_shadow_find(obj);

	return found ? &container_of(found, struct ngv_gem_gpuva, shadow)->list : NULL;
}

/**
 * ngv_gem_gpuva_prepare() - makes sure that an object has a list
 * @obj: the object
 *
 * For the time before a &struct drm_gpuvm_bo is added to the list: under the object's
 * gpuva lock nobody may allocate.  May sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ngv_gem_gpuva_prepare(struct drm_gem_object *obj)
{
	struct ngv_gem_gpuva *gpuva;

	if (ngv_gem_gpuva_find(obj))
		return 0;
	gpuva = kzalloc(sizeof(*gpuva), GFP_KERNEL);
	if (!gpuva)
		return -ENOMEM;
	gpuva->shadow.drop = ngv_gem_gpuva_drop;
	INIT_LIST_HEAD(&gpuva->list);
	/* Another thread may have been faster. */
	if (ngv_shadow_add(&gpuva->shadow, obj) != &gpuva->shadow)
		kfree(gpuva);
	return 0;
}
EXPORT_SYMBOL(ngv_gem_gpuva_prepare);

/**
 * ngv_gem_gpuva_list() - gets the list of &struct drm_gpuvm_bo of a GEM object
 * @obj: the object
 *
 * The object's gpuva lock protects the list.  Does not allocate or sleep.
 *
 * Return: the list; before ngv_gem_gpuva_prepare() an empty one to which nobody may
 * add.
 */
struct list_head *ngv_gem_gpuva_list(struct drm_gem_object *obj)
{
	return ngv_gem_gpuva_find(obj) ?: &ngv_gem_gpuva_none;
}
EXPORT_SYMBOL(ngv_gem_gpuva_list);

/**
 * drm_gem_gpuva_init() - initialises the list of an object
 * @obj: the object
 *
 * Without memory drm_gpuvm_bo_create() makes the list.  May sleep.
 * Semantics: mainline 6.12.
 */
void drm_gem_gpuva_init(struct drm_gem_object *obj)
{
	struct list_head *list;

	/* An object that was freed at this address may have left its list here. */
	list = ngv_gem_gpuva_prepare(obj) ? NULL : ngv_gem_gpuva_find(obj);
	if (list)
		INIT_LIST_HEAD(list);
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
	struct ngv_shadow *shadow = ngv_shadow_take(obj);

	if (shadow)
		shadow->drop(shadow);
}
EXPORT_SYMBOL(ngv_gem_gpuva_forget);
