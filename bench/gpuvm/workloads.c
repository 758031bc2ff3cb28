// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The workloads, compiled once for each implementation, since half of GPUVM is
// in its header, as part of a program or of a module (world.h).  Streams of
// requests are computed from the seed before the clock starts, and mappings are
// allocated in advance and taken in a fixed shuffled order, so that all
// implementations do the same in the same places.

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#include "bench.h"
#include "world.h"

#define PAGE		0x1000ULL
#define SLOT		(32 * PAGE)	/* a mapping of 16 pages and a gap */
#define BASE		0x100000000ULL
#define LISTED		1000		/* external or evicted objects */
#define RANGE_OBJS	64
#define FINDS		0x10000U
#define COLD_WINDOW	256U		/* after caches were flushed */

/* As large as nouveau's. */
struct mapping {
	struct drm_gpuva va;
	void *region;
	u8 kind;
};

struct request {
	u64 addr, range;
	unsigned int obj;
};

struct bench_state {
	const struct workload *wl;
	unsigned int n, window, at;
	u64 rng, sum, ops;

	struct drm_gem_object *r_obj;
	struct drm_gpuvm *vms;
	unsigned int num_vms;
	struct drm_gem_object **objs;
	struct drm_gpuvm_bo **bos;
	unsigned int num_objs;

	char *arena;
	size_t stride;
	struct mapping **va;		/* by slot */
	struct mapping **free;		/* those not in use, as a stack */
	unsigned int num_free;

	unsigned int *order;		/* a permutation of the slots */
	struct request *rq;
	unsigned int *slots;		/* to be looked up */
	unsigned int num_rq;
};

struct workload {
	const char *name;
	void (*prepare)(struct bench_state *st);
	void (*before)(struct bench_state *st);
	void (*timed)(struct bench_state *st);
	void (*after)(struct bench_state *st);
	unsigned int flags, arg;
};

/* -------------------------------------------------------------- helpers -- */

static u64 rnd(struct bench_state *st)
{
	u64 x = st->rng;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return st->rng = x;
}

static void mix(struct bench_state *st, u64 what)
{
	st->sum = (st->sum ^ what) * 0x9e3779b97f4a7c15ULL;
}

static void shuffle(struct bench_state *st, unsigned int *a, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		a[i] = i;
	for (unsigned int i = n; i > 1; i--) {
		unsigned int j = rnd(st) % i, t = a[i - 1];

		a[i - 1] = a[j];
		a[j] = t;
	}
}

static struct mapping *take(struct bench_state *st)
{
	if (!st->num_free)
		bench_die("more mappings than there can be");
	return st->free[--st->num_free];
}

static void give(struct bench_state *st, struct mapping *m)
{
	st->free[st->num_free++] = m;
}

static struct mapping *to_mapping(struct drm_gpuva *va)
{
	return container_of(va, struct mapping, va);
}

static int sm_map(struct bench_state *st, const struct request *rq)
{
	struct drm_gem_object *obj = st->objs[rq->obj];

#ifdef BENCH_MAP_REQ
	const struct drm_gpuvm_map_req req = {
		.map.va = { .addr = rq->addr, .range = rq->range },
		.map.gem = { .obj = obj, .offset = rq->addr - BASE },
	};

	return drm_gpuvm_sm_map(st->vms, st, &req);
#else
	return drm_gpuvm_sm_map(st->vms, st, rq->addr, rq->range, obj, rq->addr - BASE);
#endif
}

static struct drm_gpuva_ops *sm_map_ops(struct bench_state *st, const struct request *rq)
{
	struct drm_gem_object *obj = st->objs[rq->obj];

#ifdef BENCH_MAP_REQ
	const struct drm_gpuvm_map_req req = {
		.map.va = { .addr = rq->addr, .range = rq->range },
		.map.gem = { .obj = obj, .offset = rq->addr - BASE },
	};

	return drm_gpuvm_sm_map_ops_create(st->vms, &req);
#else
	return drm_gpuvm_sm_map_ops_create(st->vms, rq->addr, rq->range, obj, rq->addr - BASE);
#endif
}

static struct drm_gpuvm_bo *obtain(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
#ifdef BENCH_MAP_REQ
	return drm_gpuvm_bo_obtain_locked(vm, obj);
#else
	return drm_gpuvm_bo_obtain(vm, obj);
#endif
}

static int step_map(struct drm_gpuva_op *op, void *priv)
{
	struct bench_state *st = priv;
	struct mapping *m = take(st);

	mix(st, op->map.va.addr);
	drm_gpuva_map(st->vms, &m->va, &op->map);
	return 0;
}

static int step_remap(struct drm_gpuva_op *op, void *priv)
{
	struct bench_state *st = priv;
	struct drm_gpuva *old = op->remap.unmap->va;
	struct mapping *prev = op->remap.prev ? take(st) : NULL;
	struct mapping *next = op->remap.next ? take(st) : NULL;

	mix(st, old->va.addr + op->remap.unmap->keep);
	drm_gpuva_remap(prev ? &prev->va : NULL, next ? &next->va : NULL, &op->remap);
	give(st, to_mapping(old));
	return 0;
}

static int step_unmap(struct drm_gpuva_op *op, void *priv)
{
	struct bench_state *st = priv;

	mix(st, op->unmap.va->va.addr + op->unmap.keep);
	drm_gpuva_unmap(&op->unmap);
	give(st, to_mapping(op->unmap.va));
	return 0;
}

static int validate_one(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	drm_gpuvm_bo_evict(vm_bo, false);
	return 0;
}

static void vm_free(struct drm_gpuvm *vm)
{
}

static const struct drm_gpuvm_ops ops = {
	.vm_free = vm_free,
	.vm_bo_validate = validate_one,
	.sm_step_map = step_map,
	.sm_step_remap = step_remap,
	.sm_step_unmap = step_unmap,
};

static void slot_init(struct bench_state *st, unsigned int i)
{
	struct drm_gpuva *va = &st->va[i]->va;

	va->va.addr = BASE + i * SLOT;
	va->va.range = 16 * PAGE;
	va->gem.obj = st->objs[0];
	va->gem.offset = i * SLOT;
}

static void insert_slot(struct bench_state *st, unsigned int i)
{
	slot_init(st, i);
	if (drm_gpuva_insert(st->vms, &st->va[i]->va))
		bench_die("a mapping is not inserted");
}

static void remove_all(struct bench_state *st)
{
	struct drm_gpuva *va, *next;

	drm_gpuvm_for_each_va_safe(va, next, st->vms)
		drm_gpuva_remove(va);
}

static void fill(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->n; i++)
		insert_slot(st, st->order[i]);
}

/* ------------------------------------------------- single mappings -------- */

static void prepare_insert(struct bench_state *st)
{
	fill(st);
	for (unsigned int i = 0; i < st->window; i++)
		drm_gpuva_remove(&st->va[st->order[i]]->va);
}

static void timed_insert(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++)
		insert_slot(st, st->order[(st->at + i) % st->n]);
	st->ops += st->window;
}

/* Others go than came: the next round inserts elsewhere. */
static void after_insert(struct bench_state *st)
{
	st->at = (st->at + st->window) % st->n;
	for (unsigned int i = 0; i < st->window; i++)
		drm_gpuva_remove(&st->va[st->order[(st->at + i) % st->n]]->va);
}

static void timed_remove(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++)
		drm_gpuva_remove(&st->va[st->order[(st->at + i) % st->n]]->va);
	st->ops += st->window;
}

static void after_remove(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++)
		insert_slot(st, st->order[(st->at + i) % st->n]);
	st->at = (st->at + st->window) % st->n;
}

static void new_finds(struct bench_state *st)
{
	st->at = rnd(st) % st->num_rq;
}

static void prepare_find(struct bench_state *st)
{
	fill(st);
	st->num_rq = FINDS;
	st->slots = bench_alloc(st->num_rq, sizeof(*st->slots));
	for (unsigned int i = 0; i < st->num_rq; i++)
		st->slots[i] = rnd(st) % st->n;
}

/* 64 of each neighbourhood. */
static void prepare_find_local(struct bench_state *st)
{
	unsigned int at = 0;

	prepare_find(st);
	for (unsigned int i = 0; i < st->num_rq; i++) {
		at = i % 64 ? (at + st->n + rnd(st) % 9 - 4) % st->n : rnd(st) % st->n;
		st->slots[i] = at;
	}
}

static void timed_find(struct bench_state *st)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < st->window; i++) {
		unsigned int slot = st->slots[(st->at + i) % FINDS];
		struct drm_gpuva *va = drm_gpuva_find(st->vms, BASE + slot * SLOT, 16 * PAGE);

		sum += va->gem.offset;
	}
	mix(st, sum);
	st->ops += st->window;
}

static void timed_iterate(struct bench_state *st)
{
	struct drm_gpuva *va;
	u64 sum = 0;

	drm_gpuvm_for_each_va(va, st->vms)
		sum += va->gem.offset;
	mix(st, sum);
	st->ops += st->n;
}

static void timed_teardown(struct bench_state *st)
{
	remove_all(st);
	st->ops += st->n;
}

/* ---------------------------------------------------- splits and merges -- */

/* As many mappings as the VM has in the long run. */
static void prepare_sm(struct bench_state *st)
{
	st->num_rq = 4 * st->n + 4 * st->window;
	st->rq = bench_alloc(st->num_rq, sizeof(*st->rq));
	for (unsigned int i = 0; i < st->num_rq; i++) {
		st->rq[i].range = (1 + rnd(st) % 31) * PAGE;
		st->rq[i].addr = BASE + rnd(st) % (st->n * 16ULL - 31) * PAGE;
		st->rq[i].obj = rnd(st) % 4;
	}
	for (unsigned int i = 0; i < 2 * st->n; i++)
		if (sm_map(st, &st->rq[i]))
			bench_die("a range is not mapped");
	st->at = 2 * st->n;
}

static const struct request *next_rq(struct bench_state *st)
{
	const struct request *rq = &st->rq[st->at];

	if (++st->at == st->num_rq)
		st->at = 0;
	return rq;
}

static void timed_sm_map(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++)
		sm_map(st, next_rq(st));
	st->ops += st->window;
}

static void timed_sm_unmap(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++) {
		const struct request *rq = next_rq(st);

		drm_gpuvm_sm_unmap(st->vms, st, rq->addr, rq->range);
	}
	st->ops += st->window;
}

static void after_sm_unmap(struct bench_state *st)
{
	for (unsigned int i = 0; i < 2 * st->window; i++)
		sm_map(st, next_rq(st));
}

static void timed_sm_ops(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++) {
		struct drm_gpuva_ops *list = sm_map_ops(st, next_rq(st));
		struct drm_gpuva_op *op;

		drm_gpuva_for_each_op(op, list) {
			switch (op->op) {
			case DRM_GPUVA_OP_MAP:
				step_map(op, st);
				break;
			case DRM_GPUVA_OP_REMAP:
				step_remap(op, st);
				break;
			default:
				step_unmap(op, st);
			}
		}
		drm_gpuva_ops_free(st->vms, list);
	}
	st->ops += st->window;
}

static struct request slot_rq(unsigned int i, unsigned int obj)
{
	return (struct request) { .addr = BASE + i * 16 * PAGE, .range = 16 * PAGE, .obj = obj };
}

static void before_seq_map(struct bench_state *st)
{
	if (st->at + st->window > st->n) {
		struct drm_gpuva *va, *next;

		drm_gpuvm_for_each_va_safe(va, next, st->vms) {
			drm_gpuva_remove(va);
			give(st, to_mapping(va));
		}
		st->at = 0;
	}
}

static void timed_seq_map(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++) {
		struct request rq = slot_rq(st->at++, 0);

		sm_map(st, &rq);
	}
	st->ops += st->window;
}

static void prepare_seq(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->n; i++) {
		struct request rq = slot_rq(i, 0);

		sm_map(st, &rq);
	}
}

static void timed_rebind(struct bench_state *st)
{
	if (st->at + st->window > st->n)
		st->at = 0;
	for (unsigned int i = 0; i < st->window; i++) {
		struct request rq = slot_rq(st->at++, i % 2);

		sm_map(st, &rq);
	}
	st->ops += st->window;
}

static void before_seq_unmap(struct bench_state *st)
{
	if (st->at + st->window > st->n) {
		prepare_seq(st);
		st->at = 0;
	}
}

static void timed_seq_unmap(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->window; i++) {
		struct request rq = slot_rq(st->at++, 0);

		drm_gpuvm_sm_unmap(st->vms, st, rq.addr, rq.range);
	}
	st->ops += st->window;
}

/* ------------------------------------------------------- objects ---------- */

static void prepare_pairs(struct bench_state *st)
{
	struct drm_gem_object *obj = st->objs[0];

	st->bos = bench_alloc(st->num_vms, sizeof(*st->bos));
	dma_resv_lock(obj->resv, NULL);
	for (unsigned int i = 0; i < st->num_vms; i++)
		st->bos[i] = obtain(&st->vms[i], obj);
	dma_resv_unlock(obj->resv);
	st->num_rq = 1 << 12;
	st->order = bench_alloc(st->num_rq, sizeof(*st->order));
	for (unsigned int i = 0; i < st->num_rq; i++)
		st->order[i] = rnd(st) % st->num_vms;
}

static void before_bo_find(struct bench_state *st)
{
	dma_resv_lock(st->objs[0]->resv, NULL);
}

static void after_bo_find(struct bench_state *st)
{
	dma_resv_unlock(st->objs[0]->resv);
}

static void timed_bo_find(struct bench_state *st)
{
	for (unsigned int i = 0; i < 1024; i++) {
		unsigned int vm = st->order[(st->at + i) % st->num_rq];
		struct drm_gpuvm_bo *bo = drm_gpuvm_bo_find(&st->vms[vm], st->objs[0]);

		if (bo != st->bos[vm])
			bench_die("another vm_bo is found");
		drm_gpuvm_bo_put(bo);
	}
	st->at += 1024;
	st->ops += 1024;
}

static void prepare_listed(struct bench_state *st)
{
	st->bos = bench_alloc(st->num_objs, sizeof(*st->bos));
	for (unsigned int i = 0; i < st->num_objs; i++) {
		dma_resv_lock(st->objs[i]->resv, NULL);
		st->bos[i] = obtain(st->vms, st->objs[i]);
		dma_resv_unlock(st->objs[i]->resv);
		dma_resv_lock(st->r_obj->resv, NULL);
		drm_gpuvm_bo_extobj_add(st->bos[i]);
		dma_resv_unlock(st->r_obj->resv);
	}
}

static void before_cold(struct bench_state *st)
{
	for (unsigned int i = 0; i < st->num_objs; i++) {
		bench_flush(st->objs[i], sizeof(*st->objs[i]));
		bench_flush(st->bos[i], sizeof(*st->bos[i]));
	}
}

/* All that an operation on a mapping may read, but the code. */
static void flush_mappings(struct bench_state *st)
{
	bench_flush(st->arena, (3 * st->n + 16) * st->stride);
	bench_flush(st->vms, sizeof(*st->vms));
	bench_flush_allocated();
}

static void before_find_cold(struct bench_state *st)
{
	new_finds(st);
	flush_mappings(st);
}

static void seen(struct bench_state *st, struct drm_exec *exec)
{
	struct drm_gem_object *obj;
	u64 n = 0;

	drm_exec_for_each_locked_object(exec, obj)
		n++;
	mix(st, n);
}

static void timed_exec_lock(struct bench_state *st)
{
	struct drm_gpuvm_exec e = { .vm = st->vms, .num_fences = 1 };

	if (drm_gpuvm_exec_lock(&e))
		bench_die("objects are not locked");
	seen(st, &e.exec);
	drm_gpuvm_exec_unlock(&e);
	st->ops += st->num_objs;
}

static void before_validate(struct bench_state *st)
{
	dma_resv_lock(st->r_obj->resv, NULL);
	for (unsigned int i = 0; i < st->num_objs; i++)
		drm_gpuvm_bo_evict(st->bos[i], true);
}

static void timed_validate(struct bench_state *st)
{
	if (drm_gpuvm_validate(st->vms, NULL))
		bench_die("objects are not validated");
	st->ops += st->num_objs;
}

static void after_validate(struct bench_state *st)
{
	u64 left = 0;

	for (unsigned int i = 0; i < st->num_objs; i++)
		left += st->bos[i]->evicted;
	mix(st, left);
	dma_resv_unlock(st->r_obj->resv);
}

static void prepare_range(struct bench_state *st)
{
	fill(st);
	for (unsigned int i = 0; i < st->n; i++)
		st->va[i]->va.gem.obj = st->objs[rnd(st) % RANGE_OBJS];
}

static void timed_range(struct bench_state *st)
{
	struct drm_gpuvm_exec e = {
		.vm = st->vms, .num_fences = 1, .flags = DRM_EXEC_IGNORE_DUPLICATES,
	};

	if (drm_gpuvm_exec_lock_range(&e, BASE, st->n * SLOT))
		bench_die("a range is not locked");
	seen(st, &e.exec);
	drm_gpuvm_exec_unlock(&e);
	st->ops += st->n;
}

/* ---------------------------------------------------------- the table ----- */

enum {
	LISTS = 1,	/* external objects */
	PRIVATE = 2,	/* objects that share the VM's dma-resv */
	RESV = 4,	/* DRM_GPUVM_RESV_PROTECTED */
	VMS = 8,	/* the size is a number of VMs */
	COLD = 16,	/* few operations in a round: they warm the caches for others */
};

static const struct workload workloads[] = {
	{ "insert-random", prepare_insert, NULL, timed_insert, after_insert },
	{ "remove-random", fill, NULL, timed_remove, after_remove },
	{ "find-random", prepare_find, new_finds, timed_find },
	{ "find-local", prepare_find_local, new_finds, timed_find },
	{ "insert-random-cold", prepare_insert, flush_mappings, timed_insert, after_insert,
	  .flags = COLD },
	{ "remove-random-cold", fill, flush_mappings, timed_remove, after_remove, .flags = COLD },
	{ "find-random-cold", prepare_find, before_find_cold, timed_find, .flags = COLD },
	{ "iterate", fill, NULL, timed_iterate },
	{ "sm_map-random", prepare_sm, NULL, timed_sm_map },
	{ "sm_unmap-random", prepare_sm, NULL, timed_sm_unmap, after_sm_unmap },
	{ "sm_map_ops", prepare_sm, NULL, timed_sm_ops },
	{ "seq-map", NULL, before_seq_map, timed_seq_map },
	{ "seq-rebind", prepare_seq, NULL, timed_rebind },
	{ "seq-unmap", prepare_seq, before_seq_unmap, timed_seq_unmap },
	{ "teardown", NULL, fill, timed_teardown },
	{ "bo-find", prepare_pairs, before_bo_find, timed_bo_find, after_bo_find, .flags = VMS },
	{ "exec-lock", prepare_listed, NULL, timed_exec_lock, .flags = LISTS },
	{ "exec-lock-cold", prepare_listed, before_cold, timed_exec_lock, .flags = LISTS },
	{ "exec-lock-resv", prepare_listed, NULL, timed_exec_lock, .flags = LISTS | RESV },
	{ "exec-lock-resv-cold", prepare_listed, before_cold, timed_exec_lock,
	  .flags = LISTS | RESV },
	{ "validate", prepare_listed, before_validate, timed_validate, after_validate,
	  .flags = LISTS | PRIVATE },
	{ "validate-resv", prepare_listed, before_validate, timed_validate, after_validate,
	  .flags = LISTS | PRIVATE | RESV },
	{ "range-lock", prepare_range, NULL, timed_range, .flags = LISTS },
	{}
};

/* What reading the clock twice takes. */
static u64 clock_cost;

static void measure_clock(void)
{
	clock_cost = U64_MAX;
	for (unsigned int i = 0; i < 1000; i++) {
		u64 start = bench_clock(), cost = bench_clock() - start;

		clock_cost = min(clock_cost, cost);
	}
}

static void free_object(struct drm_gem_object *obj)
{
	drm_gem_object_release(obj);
	kfree(obj);
}

static const struct drm_gem_object_funcs object_funcs = {
	.free = free_object,
};

/* With a dma-resv of its own, or one that it shares. */
static struct drm_gem_object *new_object(struct dma_resv *resv)
{
	struct drm_gem_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);

	if (!obj)
		bench_die("no memory");
	obj->funcs = &object_funcs;
	obj->resv = resv;
	drm_gem_private_object_init(bench_device(), obj, 0);
	drm_gem_gpuva_init(obj);
	return obj;
}

static void new_vm(struct bench_state *st, struct drm_gpuvm *vm, unsigned int flags)
{
	drm_gpuvm_init(vm, "bench", flags & RESV ? DRM_GPUVM_RESV_PROTECTED : 0, bench_device(),
		       st->r_obj, 0, 1ULL << 47, 0, 0, &ops);
}

static struct bench_state *new_state(const struct workload *wl, unsigned int n, u64 seed)
{
	struct bench_state *st = bench_alloc(1, sizeof(*st));
	unsigned int flags = wl->flags, i, maps = flags & VMS ? 1 : 3 * n + 16;
	unsigned int *perm;

	st->wl = wl;
	st->n = n;
	st->rng = seed * 2 + 1;
	st->window = min(n / 2, flags & COLD ? COLD_WINDOW : BENCH_WINDOW);
	st->num_vms = flags & VMS ? n : 1;
	st->num_objs = flags & LISTS ? LISTED : 4;
	st->r_obj = new_object(NULL);

	st->vms = bench_alloc(st->num_vms, sizeof(*st->vms));
	for (i = 0; i < st->num_vms; i++)
		new_vm(st, &st->vms[i], flags);
	st->objs = bench_alloc(st->num_objs, sizeof(*st->objs));
	for (i = 0; i < st->num_objs; i++)
		st->objs[i] = new_object(flags & PRIVATE ? st->r_obj->resv : NULL);
	/* No two that follow each other lie side by side. */
	for (i = st->num_objs; i > 1; i--) {
		unsigned int j = rnd(st) % i;
		struct drm_gem_object *obj = st->objs[i - 1];

		st->objs[i - 1] = st->objs[j];
		st->objs[j] = obj;
	}

	st->stride = bench_stride(sizeof(struct mapping));
	st->arena = bench_arena(maps * st->stride);
	perm = bench_alloc(maps, sizeof(*perm));
	shuffle(st, perm, maps);
	st->va = bench_alloc(maps, sizeof(*st->va));
	st->free = bench_alloc(maps, sizeof(*st->free));
	for (i = 0; i < maps; i++)
		st->va[i] = (struct mapping *)(st->arena + perm[i] * st->stride);
	memcpy(st->free, st->va, maps * sizeof(*st->va));
	st->num_free = maps;
	bench_free(perm);
	if (!(flags & VMS)) {
		st->order = bench_alloc(n, sizeof(*st->order));
		shuffle(st, st->order, n);
	}
	return st;
}

static void bench_close(struct bench_state *st)
{
	unsigned int flags = st->wl->flags, i;

	if (st->bos && flags & VMS) {
		dma_resv_lock(st->objs[0]->resv, NULL);
		for (i = 0; i < st->num_vms; i++)
			drm_gpuvm_bo_put(st->bos[i]);
		dma_resv_unlock(st->objs[0]->resv);
	} else if (st->bos) {
		struct drm_gpuvm_exec e = { .vm = st->vms };

		if (drm_gpuvm_exec_lock(&e))
			bench_die("objects are not locked");
		for (i = 0; i < st->num_objs; i++)
			drm_gpuvm_bo_put(st->bos[i]);
		drm_gpuvm_exec_unlock(&e);
	}
	remove_all(st);
	for (i = 0; i < st->num_vms; i++)
		drm_gpuvm_put(&st->vms[i]);
	for (i = 0; i < st->num_objs; i++)
		drm_gem_object_put(st->objs[i]);
	drm_gem_object_put(st->r_obj);
	bench_arena_free(st->arena);
	bench_free(st->vms);
	bench_free(st->objs);
	bench_free(st->bos);
	bench_free(st->va);
	bench_free(st->free);
	bench_free(st->order);
	bench_free(st->rq);
	bench_free(st->slots);
	bench_free(st);
}

static struct bench_state *bench_open(const char *name, unsigned int n, unsigned long long seed)
{
	const struct workload *wl = workloads;
	struct bench_state *st;

	while (wl->name && strcmp(wl->name, name))
		wl++;
	if (!wl->name)
		return NULL;
	measure_clock();
	st = new_state(wl, n, seed);
	if (wl->prepare)
		wl->prepare(st);
	return st;
}

static struct bench_counts total;

static void add_counts(const struct kernel_counts *from)
{
	total.atomics += kernel_counts.atomics - from->atomics;
	total.locks += kernel_counts.locks - from->locks;
	total.resv_attempts += kernel_counts.resv_attempts - from->resv_attempts;
	total.allocs += kernel_counts.allocs - from->allocs;
}

/* What a tool that counts instructions has to look at: the timed part alone. */
noinline void bench_timed(struct bench_state *st);
noinline void bench_timed(struct bench_state *st)
{
	st->wl->timed(st);
	barrier();
}

static unsigned long long bench_slice(struct bench_state *st, unsigned int rounds,
				      unsigned long long *ops)
{
	u64 spent = 0;

	st->ops = 0;
	while (rounds--) {
		struct kernel_counts was;
		u64 start;

		if (st->wl->before)
			st->wl->before(st);
		was = kernel_counts;
		start = bench_clock();
		bench_timed(st);
		spent += bench_clock() - start - clock_cost;
		add_counts(&was);
		if (st->wl->after)
			st->wl->after(st);
	}
	*ops += st->ops;
	return spent;
}

static unsigned long long bench_checksum(struct bench_state *st)
{
	return st->sum;
}

static void bench_counts(struct bench_counts *c)
{
	*c = total;
	total = (struct bench_counts){ 0 };
}

/* Mappings come from a slab of nouveau's size; what GPUVM allocates is added. */
static unsigned int bench_bytes(unsigned int n, int churn, unsigned long *bytes)
{
	static const struct workload wl = { "bytes" };
	struct bench_state *st = new_state(&wl, n, 1);
	unsigned long was = kernel_counts.bytes;
	unsigned int used;

	if (churn) {
		prepare_sm(st);
		for (unsigned int i = 0; i < 2 * n; i++)
			sm_map(st, next_rq(st));
		used = 3 * n + 16 - st->num_free;
	} else {
		fill(st);
		used = n;
	}
	*bytes = used * st->stride + kernel_counts.bytes - was;
	bench_close(st);
	return used;
}

const struct bench_impl bench_impl = {
	.open = bench_open,
	.close = bench_close,
	.slice = bench_slice,
	.checksum = bench_checksum,
	.counts = bench_counts,
	.bytes = bench_bytes,
};
