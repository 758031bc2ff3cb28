/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Declarations shared by the files of the GPUVM core.  Each file describes its locking
 * and complexity in its head comment.
 */
#ifndef _NGV_GPUVM_INTERNAL_H_
#define _NGV_GPUVM_INTERNAL_H_

#include <linux/dma-resv.h>
#include <linux/lockdep.h>
#include <linux/overflow.h>

#include <drm/drm_gpuvm.h>

/* Returns the first address after a mapping, or 0 at the end of the address space. */
static inline u64 gpuvm_va_end(const struct drm_gpuva *va)
{
	return va->va.addr + va->va.range;
}

/* Sets *@end and returns true if @addr + @range does not overflow 64 bits. */
static inline bool gpuvm_span_end(u64 addr, u64 range, u64 *end)
{
	return !check_add_overflow(addr, range, end);
}

static inline bool gpuvm_range_valid(const struct drm_gpuvm *vm, u64 addr, u64 range)
{
	const struct drm_gpuva *kernel = &vm->kernel_alloc_node;
	u64 end;

	if (!range || !gpuvm_span_end(addr, range, &end))
		return false;
	if (addr < vm->mm_start || end > vm->mm_start + vm->mm_range)
		return false;
	return !kernel->va.range || end <= kernel->va.addr ||
	       addr >= kernel->va.addr + kernel->va.range;
}

struct gpuvm_leaf;

/*
 * tree.c and tree.h: the tree of mappings.  The tree checks no ranges and counts no
 * references.  A place is valid until the tree changes.
 */
struct gpuvm_place {
	struct gpuvm_leaf *leaf;
	struct drm_gpuva *spill;	/* the mapping, if it has no slot */
	unsigned int pos;		/* else the slot of the mapping in the leaf */
};

void gpuvm_tree_init(struct drm_gpuvm *vm);
void gpuvm_tree_fini(struct drm_gpuvm *vm);
int gpuvm_tree_insert(struct drm_gpuvm *vm, struct drm_gpuva *va);
void gpuvm_tree_replace(struct drm_gpuvm *vm, const struct gpuvm_place *at,
			struct drm_gpuva *heir, struct drm_gpuva *next);
bool gpuvm_tree_empty(struct drm_gpuvm *vm);
void gpuvm_tree_refill(struct drm_gpuvm *vm);
void gpuvm_tree_reserve(struct drm_gpuvm *vm);

/* spill.c: the search trees of mappings without a slot */
void gpuvm_spill_insert(struct gpuvm_leaf *leaf, struct drm_gpuva *va);
void gpuvm_spill_remove(struct gpuvm_leaf *leaf, struct drm_gpuva *va);
struct drm_gpuva *gpuvm_spill_first(const struct gpuvm_leaf *leaf, u64 addr);
bool gpuvm_spill_holds(struct gpuvm_leaf *leaf, struct drm_gpuva *va);

/* check.c: checks the invariants of the tree, in tests and in debug kernels */
#ifdef CONFIG_PROVE_LOCKING
const char *gpuvm_tree_check(struct drm_gpuvm *vm);
void gpuvm_tree_changed(struct drm_gpuvm *vm);
#else
static inline void gpuvm_tree_changed(struct drm_gpuvm *vm)
{
}
#endif

/*
 * split.c: emits the steps of a request in order, until one fails.  The functions have
 * the signature of the driver's callbacks: a step costs one indirect call.
 */
struct gpuvm_steps {
	int (*map)(struct drm_gpuva_op *op, void *priv);
	int (*remap)(struct drm_gpuva_op *op, void *priv);
	int (*unmap)(struct drm_gpuva_op *op, void *priv);
	void *priv;
};

int gpuvm_split_map(struct drm_gpuvm *vm, const struct drm_gpuva_op_map *req,
		    const struct gpuvm_steps *to);
int gpuvm_split_advise(struct drm_gpuvm *vm, const struct drm_gpuva_op_map *req,
		       const struct gpuvm_steps *to);
int gpuvm_split_unmap(struct drm_gpuvm *vm, u64 addr, u64 range,
		      const struct gpuvm_steps *to);

/* lists.c: the lists of external and of evicted objects */
void gpuvm_lists_init(struct drm_gpuvm *vm);
void gpuvm_bo_doom(struct drm_gpuvm_bo *vm_bo);
bool gpuvm_bo_unused(struct drm_gpuvm_bo *vm_bo);
int gpuvm_walk_begin(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l);
void gpuvm_walk_end(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l);
unsigned int gpuvm_walk_some(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l,
			     struct list_head **entries, unsigned int max);
void gpuvm_evict_join(struct drm_gpuvm_bo *vm_bo);
void gpuvm_evict_leave(struct drm_gpuvm_bo *vm_bo);

/* Returns whether the last reference has gone.  A walk may still use the vm_bo. */
static inline bool gpuvm_bo_dead(const struct drm_gpuvm_bo *vm_bo)
{
	return !kref_read(&vm_bo->kref);
}

/* vm_bo.c: checks that the caller holds the lock of an object's vm_bos */
static inline void gpuvm_assert_gpuva_lock(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	if (drm_gpuvm_immediate_mode(vm))
		lockdep_assert_held(ngv_gem_gpuva_mutex(obj));
	else
		drm_gem_gpuva_assert_lock_held(obj);
}

void gpuvm_bo_free(struct drm_gpuvm_bo *vm_bo);

#endif
