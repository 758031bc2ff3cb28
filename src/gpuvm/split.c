// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: splitting a request into steps
 *
 * A request to map or unmap a range removes every mapping that overlaps the range.  If
 * the whole mapping goes, the step is an unmap operation.  If a part of the mapping
 * stays below or above the range, the step is a remap operation.  A request has at most
 * two remap operations, one at each end of the range.  A request to map ends with one
 * map operation for the whole range::
 *
 *	mapped      aaaaaaaa   bbbb   cccccccc
 *	request          rrrrrrrrrrrrrrrr
 *	steps       remap a (prev), unmap b, remap c (next), map r
 *	result      aaaaarrrrrrrrrrrrrrrrccccc
 *
 * If an old mapping has the same memory at the same addresses as the new mapping, its
 * operation has the keep flag: the page table entries are right already.
 *
 * A madvise request maps no memory.  The request splits mappings without an object at
 * the ends of the range, so that a driver can give advice for whole mappings.  A map
 * operation for the hole follows each remap operation.
 *
 * Locking: the driver's lock of the VM's mappings.  Exclusive if the callbacks carry
 * out the steps.
 *
 * Complexity: one search for each mapping that overlaps the range, usually in the leaf
 * of the previous mapping.  Carrying out a step uses the place that the search found.
 * A request that maps no object does not read mappings that go as a whole.
 *
 * The steps go to the driver's callbacks, which may change the VM at once, or to a
 * list; see ops.c.
 */

#include <linux/compiler.h>

#include "internal.h"
#include "tree.h"

/* A requested range; @map is NULL if the range is to be unmapped. */
struct request {
	u64 addr, end;
	const struct drm_gpuva_op_map *map;
};

/* Returns whether @va has the same memory at the same addresses as @rq. */
static bool same_memory(const struct drm_gpuva *va, const struct request *rq)
{
	/*
	 * Address 0 may lie before the start of the object: both differences wrap
	 * equally.
	 */
	return rq->map && va->gem.obj && va->gem.obj == rq->map->gem.obj &&
	       va->gem.offset - va->va.addr == rq->map->gem.offset - rq->addr;
}

/* Emits a remap step for @va, which is mapped from @start to @end and stays in part. */
static int clear_part(struct drm_gpuva *va, u64 start, u64 end, const struct request *rq,
		      const struct gpuvm_steps *to)
{
	struct drm_gpuva_op_unmap whole = { .va = va, .keep = same_memory(va, rq) };
	struct drm_gpuva_op_map below, above;
	struct drm_gpuva_op op = {
		.op = DRM_GPUVA_OP_REMAP,
		.remap.unmap = &whole,
	};

	if (start < rq->addr) {
		below.va.addr = start;
		below.va.range = rq->addr - start;
		below.gem.obj = va->gem.obj;
		below.gem.offset = va->gem.offset;
		op.remap.prev = &below;
	}
	if (end > rq->end) {
		above.va.addr = rq->end;
		above.va.range = end - rq->end;
		above.gem.obj = va->gem.obj;
		above.gem.offset = va->gem.offset + (rq->end - start);
		op.remap.next = &above;
	}
	return to->remap(&op, to->priv);
}

/* Emits the step for a @va that goes as a whole.  Does not need to read it. */
static int clear_whole(struct drm_gpuva *va, const struct request *rq,
		       const struct gpuvm_steps *to)
{
	struct drm_gpuva_op op;

	op.op = DRM_GPUVA_OP_UNMAP;
	op.unmap.va = va;
	op.unmap.keep = same_memory(va, rq);
	return to->unmap(&op, to->priv);
}

static int clear_range(struct drm_gpuvm *vm, const struct request *rq,
		       const struct gpuvm_steps *to)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	const struct gpuvm_leaf *hint = READ_ONCE(tree->hint);
	const unsigned int cursor = READ_ONCE(tree->cursor);
	bool in_order = false, first = true;
	unsigned int steps = 0;
	u64 end = rq->addr;

	/*
	 * The callback may carry out the step.  What then stays of a mapping lies
	 * outside the range, so the search continues at the end of the old mapping.
	 */
	while (end < rq->end) {
		struct gpuvm_place at;
		struct drm_gpuva *va;
		u64 start;
		int err;

		if (!gpuvm_tree_seek(vm, end, &at))
			return 0;
		va = gpuvm_place_va(&at, &end);
		/* Between the first mapping and the last, all lie in the range. */
		start = first || end > rq->end ? va->va.addr : rq->addr;
		if (start >= rq->end)
			return 0;
		first = false;
		if (likely(!at.spill)) {
			/*
			 * The request starts where the previous one ended: prefetch in
			 * order.
			 */
			if (in_order || (!steps && at.leaf == hint && at.pos - cursor <= 1)) {
				in_order = true;
				gpuvm_prefetch_ahead(&at);
			} else if (!steps) {
				gpuvm_prefetch_below(&at, rq->end);
			}
			WRITE_ONCE(tree->cursor, at.pos);
			/* From three mappings on, prefetching in order pays. */
			in_order = in_order || ++steps == 3;
		}
		if (start < rq->addr || end > rq->end)
			err = clear_part(va, start, end, rq, to);
		else
			err = clear_whole(va, rq, to);
		if (err)
			return err;
	}
	return 0;
}

/* gpuvm_split_unmap(), inline: sequential requests notice one more call. */
static __always_inline int split_unmap(struct drm_gpuvm *vm, u64 addr, u64 range,
				       const struct gpuvm_steps *to)
{
	const struct request rq = { .addr = addr, .end = addr + range };

	if (!gpuvm_range_valid(vm, addr, range))
		return -EINVAL;
	return clear_range(vm, &rq, to);
}

/**
 * gpuvm_split_map() - emits the steps that map a range
 * @vm: the VM
 * @req: what to map
 * @to: gets each step; the step is valid only during the call
 *
 * Return: 0, -EINVAL if the range is not valid, or the first result of @to other than
 * 0.
 */
int gpuvm_split_map(struct drm_gpuvm *vm, const struct drm_gpuva_op_map *req,
		    const struct gpuvm_steps *to)
{
	const struct request rq = {
		.addr = req->va.addr,
		.end = req->va.addr + req->va.range,
		.map = req,
	};
	struct drm_gpuva_op op;
	int err;

	if (!gpuvm_range_valid(vm, req->va.addr, req->va.range))
		return -EINVAL;

	err = clear_range(vm, &rq, to);
	if (err)
		return err;

	op.op = DRM_GPUVA_OP_MAP;
	op.map = *req;
	return to->map(&op, to->priv);
}

/**
 * gpuvm_split_unmap() - emits the steps that unmap a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 * @to: gets each step; the step is valid only during the call
 *
 * Return: 0, -EINVAL if the range is not valid, or the first result of @to other than
 * 0.
 */
int gpuvm_split_unmap(struct drm_gpuvm *vm, u64 addr, u64 range,
		      const struct gpuvm_steps *to)
{
	return split_unmap(vm, addr, range, to);
}

/**
 * gpuvm_split_advise() - emits the steps that split mappings at the ends of a range
 * @vm: the VM
 * @req: the range, and the object and offset of a map operation for the whole range
 * @to: gets each step; the step is valid only during the call
 *
 * Return: as gpuvm_split_map().
 */
int gpuvm_split_advise(struct drm_gpuvm *vm, const struct drm_gpuva_op_map *req,
		       const struct gpuvm_steps *to)
{
	const struct request rq = {
		.addr = req->va.addr,
		.end = req->va.addr + req->va.range,
	};
	u64 end = rq.addr;

	if (!gpuvm_range_valid(vm, req->va.addr, req->va.range))
		return -EINVAL;

	while (end < rq.end) {
		struct drm_gpuva *va = gpuvm_tree_first(vm, end, &end);
		struct drm_gpuva_op op = { .op = DRM_GPUVA_OP_MAP };
		u64 start = va ? va->va.addr : rq.end;
		int err;

		if (start >= rq.end)
			return 0;
		if (va->gem.obj || (start >= rq.addr && end <= rq.end))
			continue;

		err = clear_part(va, start, end, &rq, to);
		if (err)
			return err;
		op.map.va.addr = max(start, rq.addr);
		op.map.va.range = min(end, rq.end) - op.map.va.addr;
		if (op.map.va.range == req->va.range)
			op.map = *req;
		err = to->map(&op, to->priv);
		if (err)
			return err;
	}
	return 0;
}

static int map_by_callbacks(struct drm_gpuvm *vm, void *priv, const struct drm_gpuvm_map_req *req)
{
	const struct drm_gpuvm_ops *ops = vm->ops;
	struct gpuvm_steps to;

	if (!ops || !ops->sm_step_map || !ops->sm_step_remap || !ops->sm_step_unmap)
		return -EINVAL;
	to.map = ops->sm_step_map;
	to.remap = ops->sm_step_remap;
	to.unmap = ops->sm_step_unmap;
	to.priv = priv;
	return gpuvm_split_map(vm, &req->map, &to);
}

/**
 * drm_gpuvm_sm_map() - calls the driver back for each step that maps a range
 * @vm: the VM
 * @priv: argument of the callbacks
 * @addr: first address
 * @range: length
 * @obj: object to map, or NULL
 * @offset: offset in @obj where the mapping starts
 *
 * Calls &drm_gpuvm_ops.sm_step_unmap and sm_step_remap in order of addresses, then
 * sm_step_map.  A callback may carry out its operation with drm_gpuva_unmap(),
 * drm_gpuva_remap() or drm_gpuva_map().  The callback must not keep the operation after
 * it returns.  The caller holds the lock of the VM's mappings.  Sleeps only if a
 * callback does.
 *
 * Return: 0, -EINVAL if the range is not valid or one of the three callbacks is
 * missing, or the first result of a callback other than 0, which ends the request.
 * Semantics: mainline 6.12, which allows an empty range.
 */
int drm_gpuvm_sm_map(struct drm_gpuvm *vm, void *priv, u64 addr, u64 range,
		     struct drm_gem_object *obj, u64 offset)
{
	const struct drm_gpuvm_map_req req = {
		.map.va = { .addr = addr, .range = range },
		.map.gem = { .obj = obj, .offset = offset },
	};

	return map_by_callbacks(vm, priv, &req);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_map);

/**
 * drm_gpuvm_sm_map_req() - drm_gpuvm_sm_map() with the arguments of mainline 7.3
 * @vm: the VM
 * @priv: argument of the callbacks
 * @req: what to map
 *
 * Return: as drm_gpuvm_sm_map().
 */
int drm_gpuvm_sm_map_req(struct drm_gpuvm *vm, void *priv,
			 const struct drm_gpuvm_map_req *req)
{
	return map_by_callbacks(vm, priv, req);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_map_req);

/**
 * drm_gpuvm_sm_unmap() - calls the driver back for each step that unmaps a range
 * @vm: the VM
 * @priv: argument of the callbacks
 * @addr: first address
 * @range: length
 *
 * As drm_gpuvm_sm_map(), without the map operation at the end.
 *
 * Return: 0, -EINVAL if the range is not valid or one of the two callbacks is missing,
 * or the first result of a callback other than 0, which ends the request.  Semantics:
 * mainline 6.12, which allows an empty range.
 */
int drm_gpuvm_sm_unmap(struct drm_gpuvm *vm, void *priv, u64 addr, u64 range)
{
	const struct drm_gpuvm_ops *ops = vm->ops;
	struct gpuvm_steps to;

	if (!ops || !ops->sm_step_remap || !ops->sm_step_unmap)
		return -EINVAL;
	to.remap = ops->sm_step_remap;
	to.unmap = ops->sm_step_unmap;
	to.priv = priv;
	return split_unmap(vm, addr, range, &to);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_unmap);
