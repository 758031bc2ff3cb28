// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The fuzzer's requests, carried out by a GPUVM as a driver would: mappings are
// linked to their objects, objects are locked where they have to be.

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#include "impl.h"

#ifdef CONFIG_PROVE_LOCKING
#include "internal.h"
#endif

/* All but the lowest pages, up to the last address that a range can end at. */
#define START	0x10000ULL
#define RANGE	(U64_MAX - START)

struct mapping {
	struct drm_gpuva va;
	bool linked;
};

struct state {
	struct drm_device drm;
	struct drm_gpuvm vm[FUZZ_VMS];
	struct drm_gem_object r_obj[FUZZ_VMS];
	struct drm_gem_object obj[FUZZ_OBJS];
	struct drm_gpuvm_bo *held[FUZZ_VMS][FUZZ_OBJS];
	unsigned int mode, freed, fail_at;
	/* What others do in the middle of a walk, to this VM: see disturb(). */
	struct drm_gpuvm *disturbed;
	unsigned int disturb_at, disturb_arg;
	struct fuzz_log *log;
};

static struct state *current_state;

static void put(struct fuzz_log *log, u64 v)
{
	if (log->n < FUZZ_LOG)
		log->v[log->n++] = v;
}

static u64 obj_id(struct state *st, const struct drm_gem_object *obj)
{
	return obj ? (u64)(obj - st->obj) : 99;
}

static void put_va(struct state *st, const struct drm_gpuva *va)
{
	if (!va) {
		put(st->log, 0x404);
		return;
	}
	put(st->log, va->va.addr);
	put(st->log, va->va.range);
	put(st->log, obj_id(st, va->gem.obj));
	put(st->log, va->gem.obj ? va->gem.offset : 0);
	put(st->log, va->flags);
}

static bool is_kernel(const struct drm_gpuva *va)
{
	return va == &va->vm->kernel_alloc_node;
}

/* Each distinct dma-resv once, in a fixed order; objects 0 to 3 share two. */
static void lock_all(struct state *st)
{
	for (unsigned int i = 0; i < FUZZ_VMS; i++)
		dma_resv_lock(st->r_obj[i].resv, NULL);
	for (unsigned int i = 4; i < FUZZ_OBJS; i++)
		dma_resv_lock(st->obj[i].resv, NULL);
}

static void unlock_all(struct state *st)
{
	for (unsigned int i = 4; i < FUZZ_OBJS; i++)
		dma_resv_unlock(st->obj[i].resv);
	for (unsigned int i = 0; i < FUZZ_VMS; i++)
		dma_resv_unlock(st->r_obj[i].resv);
}

/* --------------------------------------------------------- immediate mode -- */

static bool immediate(const struct state *st)
{
	return st->mode & FUZZ_IMMEDIATE;
}

static void lock_gpuva(struct state *st, struct drm_gem_object *obj)
{
	if (immediate(st))
		mutex_lock(&obj->gpuva.lock);
}

static void unlock_gpuva(struct state *st, struct drm_gem_object *obj)
{
	if (immediate(st))
		mutex_unlock(&obj->gpuva.lock);
}

#ifdef FUZZ_NO_IMMEDIATE
#define DRM_GPUVM_IMMEDIATE_MODE	0
#endif

static bool put_bo(struct state *st, struct drm_gpuvm_bo *bo)
{
#ifndef FUZZ_NO_IMMEDIATE
	if (immediate(st))
		return drm_gpuvm_bo_put_deferred(bo);
#endif
	return drm_gpuvm_bo_put(bo);
}

static struct drm_gpuvm_bo *find_bo(struct state *st, struct drm_gpuvm *vm,
				    struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo;

	lock_gpuva(st, obj);
	bo = drm_gpuvm_bo_find(vm, obj);
	unlock_gpuva(st, obj);
	return bo;
}

static struct drm_gpuvm_bo *obtain(struct state *st, struct drm_gpuvm *vm,
				   struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo;

#ifndef FUZZ_NO_IMMEDIATE
	if (immediate(st))
		return drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(vm, obj));
#endif
#ifdef BENCH_MAP_REQ
	bo = drm_gpuvm_bo_obtain_locked(vm, obj);
#else
	bo = drm_gpuvm_bo_obtain(vm, obj);
#endif
	if (IS_ERR(bo))
		abort();
	return bo;
}

static void link_mapping(struct drm_gpuvm *vm, struct mapping *m)
{
	struct state *st = current_state;
	struct drm_gpuvm_bo *bo;

	if (!m->va.gem.obj)
		return;
	bo = obtain(st, vm, m->va.gem.obj);
	drm_gpuvm_bo_extobj_add(bo);
	lock_gpuva(st, bo->obj);
	drm_gpuva_link(&m->va, bo);
	unlock_gpuva(st, bo->obj);
	m->linked = true;
	put_bo(st, bo);
}

static void drop(struct mapping *m)
{
#ifndef FUZZ_NO_IMMEDIATE
	if (m->linked && immediate(current_state))
		drm_gpuva_unlink_defer(&m->va);
	else
#endif
	if (m->linked)
		drm_gpuva_unlink(&m->va);
	free(m);
}

static struct mapping *new_mapping(void)
{
	return calloc(1, sizeof(struct mapping));
}

static struct mapping *to_mapping(struct drm_gpuva *va)
{
	return container_of(va, struct mapping, va);
}

/* ------------------------------------------------------------- callbacks -- */

static void put_op(struct state *st, const struct drm_gpuva_op *op)
{
	put(st->log, 0x1000 + op->op);
	switch (op->op) {
	case DRM_GPUVA_OP_MAP:
		put(st->log, op->map.va.addr);
		put(st->log, op->map.va.range);
		put(st->log, obj_id(st, op->map.gem.obj));
		put(st->log, op->map.gem.offset);
		break;
	case DRM_GPUVA_OP_REMAP:
		put_va(st, op->remap.unmap->va);
		put(st->log, op->remap.unmap->keep);
		put(st->log, !!op->remap.prev + 2 * !!op->remap.next);
		for (int i = 0; i < 2; i++) {
			const struct drm_gpuva_op_map *m = i ? op->remap.next : op->remap.prev;

			if (!m)
				continue;
			put(st->log, m->va.addr);
			put(st->log, m->va.range);
			put(st->log, obj_id(st, m->gem.obj));
			put(st->log, m->gem.obj ? m->gem.offset : 0);
		}
		break;
	case DRM_GPUVA_OP_UNMAP:
		put_va(st, op->unmap.va);
		put(st->log, op->unmap.keep);
		break;
	default:
		put_va(st, op->prefetch.va);
		break;
	}
}

static int step(struct drm_gpuva_op *op, void *priv)
{
	struct drm_gpuvm *vm = priv;
	struct state *st = current_state;

	put_op(st, op);
	if (st->fail_at && !--st->fail_at)
		return -EIO;
	switch (op->op) {
	case DRM_GPUVA_OP_MAP: {
		struct mapping *m = new_mapping();

		drm_gpuva_map(vm, &m->va, &op->map);
		link_mapping(vm, m);
		break;
	}
	case DRM_GPUVA_OP_REMAP: {
		struct mapping *old = to_mapping(op->remap.unmap->va);
		struct mapping *prev = op->remap.prev ? new_mapping() : NULL;
		struct mapping *next = op->remap.next ? new_mapping() : NULL;

		drm_gpuva_remap(prev ? &prev->va : NULL, next ? &next->va : NULL, &op->remap);
		if (prev)
			link_mapping(vm, prev);
		if (next)
			link_mapping(vm, next);
		drop(old);
		break;
	}
	case DRM_GPUVA_OP_UNMAP:
		drm_gpuva_unmap(&op->unmap);
		drop(to_mapping(op->unmap.va));
		break;
	default:
		break;
	}
	return 0;
}

/*
 * Drops a reference in the middle of a walk, often the last, often to the vm_bo that
 * the walk has just come to.
 */
static void disturb(struct state *st, struct drm_gem_object *at)
{
	unsigned int vm = st->disturbed ? st->disturbed - st->vm : 0;
	unsigned int obj = st->disturb_arg & 1 && at ? at - st->obj : (st->disturb_arg >> 1) % FUZZ_OBJS;
	struct drm_gpuvm_bo **held = &st->held[vm][obj % FUZZ_OBJS];

	if (!st->disturb_at || --st->disturb_at || !*held)
		return;
	put(st->log, 0x4000);
	/* Not whether it was the last: mainline's walks have references of their own. */
	put_bo(st, *held);
	*held = NULL;
}

static int validate(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	struct state *st = current_state;

	put(st->log, 0x2000 + obj_id(st, bo->obj));
	disturb(st, bo->obj);
	if (st->fail_at && !--st->fail_at)
		return -EIO;
	drm_gpuvm_bo_evict(bo, false);
	return 0;
}

static void vm_free(struct drm_gpuvm *vm)
{
	current_state->freed++;
}

static const struct drm_gpuvm_ops ops = {
	.vm_free = vm_free,
	.vm_bo_validate = validate,
	.sm_step_map = step,
	.sm_step_remap = step,
	.sm_step_unmap = step,
};

static void locked(struct dma_resv *resv)
{
	struct state *st = current_state;

	for (unsigned int i = 0; i < FUZZ_VMS; i++)
		if (resv == st->r_obj[i].resv)
			put(st->log, 0x3000 + i);
	for (unsigned int i = 4; i < FUZZ_OBJS; i++)
		if (resv == st->obj[i].resv)
			put(st->log, 0x3100 + i);
	/* Without a dma-resv of its own nobody else could drop a last reference. */
	if (immediate(st))
		disturb(st, NULL);
}

/* Mainline cannot bear it if the dma-resv protects the lists but for immediate mode. */
static void will_disturb(struct state *st, struct drm_gpuvm *vm, unsigned int arg)
{
	st->disturbed = vm;
	st->disturb_at = 0;
	st->disturb_arg = arg >> 3;
	if (immediate(st) || !(st->mode & FUZZ_RESV_PROTECTED))
		st->disturb_at = arg & 7;
}

/* --------------------------------------------------------------- requests -- */

static void *impl_open(unsigned int mode)
{
	struct state *st;

#ifdef FUZZ_NO_IMMEDIATE
	if (mode & FUZZ_IMMEDIATE)
		return NULL;
#endif
	st = calloc(1, sizeof(*st));
	st->mode = mode;
	memset(&kernel_faults, 0, sizeof(kernel_faults));
	kref_init(&st->drm.ref);
	for (unsigned int i = 0; i < FUZZ_VMS; i++) {
		drm_gem_private_object_init(&st->drm, &st->r_obj[i], 0);
		drm_gpuvm_init(&st->vm[i], "fuzz",
			       (mode & FUZZ_RESV_PROTECTED ? DRM_GPUVM_RESV_PROTECTED : 0) |
			       (mode & FUZZ_IMMEDIATE ? DRM_GPUVM_IMMEDIATE_MODE : 0),
			       &st->drm, &st->r_obj[i], START, RANGE, START + 64 * 4096,
			       mode & FUZZ_RESERVE ? 32 * 4096 : 0, &ops);
	}
	for (unsigned int i = 0; i < FUZZ_OBJS; i++) {
		if (i < 4)
			st->obj[i].resv = st->r_obj[i / 2].resv;
		drm_gem_private_object_init(&st->drm, &st->obj[i], 0);
	}
	return st;
}

static void insert(struct state *st, struct drm_gpuvm *vm, u64 addr, u64 range,
		   struct drm_gem_object *obj, u64 offset, bool tell)
{
	struct mapping *m = new_mapping();
	int err;

	m->va.va.addr = addr;
	m->va.va.range = range;
	m->va.gem.obj = obj;
	m->va.gem.offset = offset;
	err = drm_gpuva_insert(vm, &m->va);
	if (tell)
		put(st->log, (u64)err);
	if (err)
		free(m);
	else
		link_mapping(vm, m);
}

static void remove_va(struct drm_gpuva *va)
{
	drm_gpuva_remove(va);
	drop(to_mapping(va));
}

static void apply(struct state *st, struct drm_gpuvm *vm, struct drm_gpuva_ops *list)
{
	struct drm_gpuva_op *op;

	if (IS_ERR(list)) {
		put(st->log, PTR_ERR(list));
		return;
	}
	drm_gpuva_for_each_op(op, list)
		step(op, vm);
	drm_gpuva_ops_free(vm, list);
}

static void walk(struct state *st, struct drm_gpuvm *vm, const struct fuzz_request *rq)
{
	struct drm_gpuva *va;
	unsigned int n = 0;

	drm_gpuvm_for_each_va_range(va, vm, rq->addr, rq->addr + rq->range) {
		if (++n < 200)
			put_va(st, va);
		/* Each is found by what it says of itself. */
		if (drm_gpuva_find(vm, va->va.addr, va->va.range) != va ||
		    drm_gpuva_find_first(vm, va->va.addr + va->va.range - 1, 1) != va)
			put(st->log, 0xbad);
	}
	put(st->log, n);
}

/* All of a VM, with a sum over what is too long to write down. */
static void put_vm(struct state *st, struct drm_gpuvm *vm)
{
	struct drm_gpuva *va;
	u64 sum = 0, n = 0;

	drm_gpuvm_for_each_va(va, vm) {
		sum = (sum ^ va->va.addr ^ va->va.range << 20) * 0x9e3779b97f4a7c15ULL;
		sum += obj_id(st, va->gem.obj) + va->flags;
		n++;
	}
	put(st->log, n);
	put(st->log, sum);
}

static void exec_lock(struct state *st, struct drm_gpuvm *vm, const struct fuzz_request *rq)
{
	struct drm_gpuvm_exec e = {
		.vm = vm, .num_fences = rq->arg & 3,
		.flags = rq->arg & 4 ? DRM_EXEC_IGNORE_DUPLICATES : 0,
	};
	struct drm_gem_object *more[3] = {
		&st->obj[rq->obj % FUZZ_OBJS], &st->obj[rq->offset % FUZZ_OBJS], &st->obj[4 + rq->arg % 5],
	};
	struct dma_fence fence;
	int err;

	kernel_locked = locked;
	if (rq->arg & 8)
		kernel_contended = rq->arg & 16 ? st->obj[rq->obj % FUZZ_OBJS].resv : vm->r_obj->resv;
	if (rq->op == FUZZ_EXEC) {
		will_disturb(st, vm, rq->arg >> 8);
		err = drm_gpuvm_exec_lock(&e);
	} else if (rq->op == FUZZ_EXEC_RANGE) {
		err = drm_gpuvm_exec_lock_range(&e, rq->addr, rq->range);
	} else {
		err = drm_gpuvm_exec_lock_array(&e, more, rq->arg % 4);
	}
	kernel_locked = NULL;
	kernel_contended = NULL;
	put(st->log, (u64)err);
	if (err) {
		st->disturb_at = 0;
		return;
	}
	if (rq->op == FUZZ_EXEC && rq->arg & 32) {
		st->fail_at = rq->arg >> 6 & 3;
		put(st->log, (u64)drm_gpuvm_exec_validate(&e));
	}
	st->disturb_at = 0;
	if (e.num_fences)
		drm_gpuvm_exec_resv_add_fence(&e, &fence, DMA_RESV_USAGE_BOOKKEEP,
					      DMA_RESV_USAGE_WRITE);
	drm_gpuvm_exec_unlock(&e);
	for (unsigned int i = 0; i < FUZZ_OBJS; i++)
		put(st->log, st->obj[i].resv->usage[DMA_RESV_USAGE_WRITE]);
}

#ifdef FUZZ_MADVISE_REQ
/* 6.12 does not have it: nothing is to be left of it. */
static void exec_lock_sm(struct state *st, struct drm_gpuvm *vm, const struct fuzz_request *rq,
			 struct drm_gem_object *obj)
{
	struct drm_gpuvm_map_req req = {
		.map.va = { .addr = rq->addr, .range = rq->range },
		.map.gem = { .obj = obj, .offset = rq->offset },
	};
	struct drm_exec exec;
	int err = 0;

	kernel_locked = locked;
	if (rq->arg & 8)
		kernel_contended = rq->arg & 16 ? st->obj[rq->obj % FUZZ_OBJS].resv : vm->r_obj->resv;
	drm_exec_init(&exec, rq->arg & 4 ? 0 : DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(&exec) {
		if (rq->arg & 1)
			err = drm_gpuvm_sm_map_exec_lock(vm, &exec, 1, &req);
		else
			err = drm_gpuvm_sm_unmap_exec_lock(vm, &exec, rq->addr, rq->range);
		drm_exec_retry_on_contention(&exec);
		if (err)
			break;
	}
	kernel_locked = NULL;
	kernel_contended = NULL;
	put(st->log, (u64)err);
	put(st->log, exec.num_objects);
	drm_exec_fini(&exec);
}
#endif

static void cleanup(struct drm_gpuvm *vm)
{
#ifndef FUZZ_NO_IMMEDIATE
	drm_gpuvm_bo_deferred_cleanup(vm);
#endif
}

static bool impl_run(void *state, const struct fuzz_request *rq, struct fuzz_log *log)
{
	struct state *st = state;
	struct drm_gpuvm *vm = &st->vm[rq->vm];
	struct drm_gem_object *obj = rq->obj < FUZZ_OBJS ? &st->obj[rq->obj] : NULL;
	struct drm_gpuvm_bo *bo, **held = &st->held[rq->vm][rq->obj % FUZZ_OBJS];
	struct drm_gpuva *va, *next;
	unsigned int i, n = 0;
	bool locks = rq->op != FUZZ_EXEC && rq->op != FUZZ_EXEC_RANGE &&
		     rq->op != FUZZ_EXEC_ARRAY && rq->op != FUZZ_EXEC_SM &&
		     rq->op != FUZZ_CLEANUP;

	current_state = st;
	st->log = log;
	st->fail_at = 0;
	if (locks)
		lock_all(st);
	switch (rq->op) {
	case FUZZ_INSERT:
		insert(st, vm, rq->addr, rq->range, obj, rq->offset, true);
		break;
	case FUZZ_REMOVE:
		va = drm_gpuva_find_first(vm, rq->addr, rq->range);
		put_va(st, va);
		if (va && !is_kernel(va))
			remove_va(va);
		break;
	case FUZZ_FIND:
		put_va(st, drm_gpuva_find(vm, rq->addr, rq->range));
		put_va(st, drm_gpuva_find_first(vm, rq->addr, rq->range));
		put(log, drm_gpuvm_interval_empty(vm, rq->addr, rq->range));
		put(log, drm_gpuvm_range_valid(vm, rq->addr, rq->range));
		break;
	case FUZZ_SM_MAP:
	case FUZZ_OPS_MAP: {
		struct drm_gpuva_ops *list;
#ifdef BENCH_MAP_REQ
		const struct drm_gpuvm_map_req req = {
			.map.va = { .addr = rq->addr, .range = rq->range },
			.map.gem = { .obj = obj, .offset = rq->offset },
		};
#endif
		st->fail_at = rq->op == FUZZ_SM_MAP && rq->arg & 16 ? 1 + rq->arg % 4 : 0;
		if (rq->op == FUZZ_SM_MAP) {
#ifdef BENCH_MAP_REQ
			put(log, (u64)drm_gpuvm_sm_map(vm, vm, &req));
#else
			put(log, (u64)drm_gpuvm_sm_map(vm, vm, rq->addr, rq->range, obj,
						       rq->offset));
#endif
			break;
		}
#ifdef BENCH_MAP_REQ
		list = drm_gpuvm_sm_map_ops_create(vm, &req);
#else
		list = drm_gpuvm_sm_map_ops_create(vm, rq->addr, rq->range, obj, rq->offset);
#endif
		apply(st, vm, list);
		break;
	}
	case FUZZ_SM_UNMAP:
		st->fail_at = rq->arg & 16 ? 1 + rq->arg % 4 : 0;
		put(log, (u64)drm_gpuvm_sm_unmap(vm, vm, rq->addr, rq->range));
		break;
	case FUZZ_OPS_UNMAP:
		apply(st, vm, drm_gpuvm_sm_unmap_ops_create(vm, rq->addr, rq->range));
		break;
	case FUZZ_PREFETCH: {
		struct drm_gpuva_ops *list = drm_gpuvm_prefetch_ops_create(vm, rq->addr, rq->range);
		struct drm_gpuva_op *op;

		/* Ours leaves the kernel's own mapping out, on purpose. */
		drm_gpuva_for_each_op(op, list)
			if (!is_kernel(op->prefetch.va))
				put_op(st, op);
		drm_gpuva_ops_free(vm, list);
		break;
	}
	case FUZZ_WALK:
		walk(st, vm, rq);
		break;
	case FUZZ_WALK_REMOVING:
		drm_gpuvm_for_each_va_range_safe(va, next, vm, rq->addr, rq->addr + rq->range) {
			if (n < 100)
				put_va(st, va);
			if (++n % (1 + rq->arg % 4) == 0 && !is_kernel(va))
				remove_va(va);
		}
		put(log, n);
		break;
	case FUZZ_BULK:
		/* A stride without common factors with the count, or an even run. */
		for (i = 0; i < rq->arg; i++) {
			u64 at = rq->offset & 4096 ? (u64)i * 601 % (rq->arg | 1) : i;

			if (rq->offset & 8192)
				at = rq->arg - i;
			insert(st, vm, rq->addr + at * 8192, 4096, rq->offset & 16384 ? obj : NULL,
			       at << 12, false);
		}
		put_vm(st, vm);
		break;
	case FUZZ_THIN:
		drm_gpuvm_for_each_va_safe(va, next, vm)
			if (n++ % (1 + rq->arg % 9) && !is_kernel(va))
				remove_va(va);
		put_vm(st, vm);
		break;
	case FUZZ_EXTOBJ:
		bo = find_bo(st, vm, &st->obj[rq->obj % FUZZ_OBJS]);
		put(log, !!bo);
		if (bo) {
			drm_gpuvm_bo_extobj_add(bo);
			put_bo(st, bo);
		}
		break;
	case FUZZ_EVICT:
		lock_gpuva(st, &st->obj[rq->obj % FUZZ_OBJS]);
		drm_gpuvm_bo_gem_evict(&st->obj[rq->obj % FUZZ_OBJS], rq->arg & 1);
		unlock_gpuva(st, &st->obj[rq->obj % FUZZ_OBJS]);
		break;
	case FUZZ_VALIDATE:
		st->fail_at = rq->arg & 3;
		will_disturb(st, vm, rq->arg >> 2);
		put(log, (u64)drm_gpuvm_validate(vm, NULL));
		st->disturb_at = 0;
		break;
	case FUZZ_EXEC:
	case FUZZ_EXEC_RANGE:
	case FUZZ_EXEC_ARRAY:
		if (rq->op == FUZZ_EXEC_ARRAY && !(rq->arg & 3)) {
			put(log, 0);
			break;
		}
		exec_lock(st, vm, rq);
		break;
	case FUZZ_EXEC_SM:
#ifdef FUZZ_MADVISE_REQ
		exec_lock_sm(st, vm, rq, obj);
		break;
#else
		return false;
#endif
	case FUZZ_BO_UNMAP:
		/* The list would be allocated under the mutex. */
		if (immediate(st))
			break;
		bo = drm_gpuvm_bo_find(vm, &st->obj[rq->obj % FUZZ_OBJS]);
		put(log, !!bo);
		if (bo) {
			apply(st, vm, drm_gpuvm_bo_unmap_ops_create(bo));
			drm_gpuvm_bo_put(bo);
		}
		break;
	case FUZZ_HOLD:
		if (!*held) {
			*held = obtain(st, vm, &st->obj[rq->obj % FUZZ_OBJS]);
			/* Ours validates no external object that the VM does not lock. */
			drm_gpuvm_bo_extobj_add(*held);
		}
		break;
	case FUZZ_DROP:
		if (*held)
			put(log, put_bo(st, *held));
		*held = NULL;
		break;
	case FUZZ_NEIGHBOURS:
#ifndef FUZZ_NO_NEIGHBOURS
		/* What mainline says at the end of a mapping is a fault of its own. */
		put_va(st, drm_gpuva_find_prev(vm, rq->addr));
		put_va(st, drm_gpuva_find_next(vm, rq->addr));
		break;
#else
		if (locks)
			unlock_all(st);
		return false;
#endif
	case FUZZ_MADVISE:
#ifdef FUZZ_MADVISE_REQ
	{
		const struct drm_gpuvm_map_req req = {
			.map.va = { .addr = rq->addr, .range = rq->range },
			.map.gem = { .obj = obj, .offset = rq->offset },
		};

		if (drm_gpuvm_range_valid(vm, rq->addr, rq->range) && rq->range)
			apply(st, vm, drm_gpuvm_madvise_ops_create(vm, &req));
		break;
	}
#else
		unlock_all(st);
		return false;
#endif
	case FUZZ_CLEANUP:
		for (i = 0; i < FUZZ_VMS; i++)
			cleanup(&st->vm[i]);
		for (i = 0; i < FUZZ_OBJS; i++)
			put(log, kref_read(&st->obj[i].refcount));
		break;
	case FUZZ_MEMORY:
		kernel_faults.atomic = rq->arg % 5 * 250;
		kernel_faults.seed = rq->addr | 1;
		break;
	default:
		break;
	}
	if (locks)
		unlock_all(st);
#ifdef CONFIG_PROVE_LOCKING
	if (gpuvm_tree_check(vm)) {
		fprintf(stderr, "fuzz: the tree is broken: not so: %s\n", gpuvm_tree_check(vm));
		abort();
	}
#endif
	if (vm->kernel_alloc_node.va.range)
		put_va(st, &vm->kernel_alloc_node);
	return true;
}

static void impl_close(void *state, struct fuzz_log *log)
{
	struct state *st = state;
	struct drm_gpuva *va, *next;

	current_state = st;
	st->log = log;
	lock_all(st);
	for (unsigned int i = 0; i < FUZZ_VMS; i++) {
		for (unsigned int k = 0; k < FUZZ_OBJS; k++)
			if (st->held[i][k])
				put_bo(st, st->held[i][k]);
		drm_gpuvm_for_each_va_safe(va, next, &st->vm[i])
			if (!is_kernel(va))
				remove_va(va);
		put_vm(st, &st->vm[i]);
	}
	unlock_all(st);
	for (unsigned int i = 0; i < FUZZ_VMS; i++)
		cleanup(&st->vm[i]);
	for (unsigned int i = 0; i < FUZZ_VMS; i++)
		drm_gpuvm_put(&st->vm[i]);
	put(log, st->freed);
	put(log, kref_read(&st->drm.ref));
	for (unsigned int i = 0; i < FUZZ_OBJS; i++) {
		put(log, kref_read(&st->obj[i].refcount));
		for (unsigned int u = 0; u < 4; u++)
			put(log, st->obj[i].resv->usage[u]);
	}
	put(log, kernel_counts.warnings);
	put(log, kernel_counts.allocs - kernel_counts.frees);
	free(st);
}

__attribute__((visibility("default"))) const struct fuzz_impl fuzz_impl = {
	.open = impl_open,
	.run = impl_run,
	.close = impl_close,
};
