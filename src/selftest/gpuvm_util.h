/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_UTIL_H
#define GPUVM_UTIL_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <drm/drm_exec.h>
#include <drm/drm_gem.h>
#include <drm/drm_gpuvm.h>

#include "fixture.h"
#include "ktap.h"

/**
 * DOC: GPUVM suites
 *
 * The suites test an implementation of the GPUVM API of Linux 6.12 from outside: return
 * values, callbacks and mappings.  They read no reference count and no list or tree of
 * the implementation, so they also run with the kernel's own implementation, with
 * -DNGV_SELFTEST_MAINLINE. gt_differs() lists where the kernel's implementation
 * differs from its documentation.
 */

enum gt_diff {
	GT_DIFF_ZERO_RANGE,
	GT_DIFF_FIND_PREV,
	GT_DIFF_FIND_NEXT,
	GT_DIFF_BO_FOR_EACH_VA,
	GT_DIFF_REMAP_LEAK,
	GT_DIFF_LOCK_ARRAY,
};

bool gt_differs(struct ktap *t, enum gt_diff diff);

/**
 * struct gt - state of a GPUVM case
 * @t: the case
 * @fx: the fixture with device and objects
 * @vms: number of VMs that are not freed
 * @mappings: number of mappings of the suite that are not freed
 * @vm_bos: number of vm_bos that the free callback has not freed
 * @ops: number of ops that the free callback has not freed
 * @op_calls: number of calls of the op_alloc callback
 * @op_fail_at: number of the call (from 1) that returns NULL; 0 means none
 * @bo_fail: true if the vm_bo_alloc callback returns NULL
 */
struct gt {
	struct ktap *t;
	struct fixture *fx;
	atomic_t vms;
	atomic_t mappings;
	atomic_t vm_bos;
	atomic_t ops;
	unsigned int op_calls;
	unsigned int op_fail_at;
	bool bo_fail;
};

void gt_init(struct ktap *t);

/**
 * GT_LONG_CASE - a case that may take minutes on an emulated machine
 * @fn: the function
 */
#define GT_LONG_CASE(fn) { .name = #fn, .run = (fn), .limit_s = 300 }

static inline struct gt *to_gt(struct ktap *t)
{
	return t->priv;
}

/**
 * struct gt_vm - a VM of the suites
 * @base: the VM
 * @gt: the case that counts the VM
 * @validate: called by drm_gpuvm_validate() for each vm_bo; the default marks the
 *	object as resident
 * @priv: for the case
 */
struct gt_vm {
	struct drm_gpuvm base;
	struct gt *gt;
	int (*validate)(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec);
	void *priv;
};

static inline struct gt_vm *to_gt_vm(struct drm_gpuvm *vm)
{
	return container_of(vm, struct gt_vm, base);
}

/**
 * struct gt_vm_args - properties of a VM for gt_vm_new()
 * @name: name, or NULL
 * @flags: &enum drm_gpuvm_flags
 * @start: first address
 * @range: number of addresses
 * @kstart: first address of the reserved range
 * @krange: number of addresses of the reserved range
 * @ops: callbacks; NULL means &gt_ops
 */
struct gt_vm_args {
	const char *name;
	enum drm_gpuvm_flags flags;
	u64 start;
	u64 range;
	u64 kstart;
	u64 krange;
	const struct drm_gpuvm_ops *ops;
};

/* Addresses of most tests, in bytes; PAGE is not the kernel's page size. */
#define PAGE	0x1000ULL
#define START	(0x10 * PAGE)

/* 64 pages from START, with and without callbacks, for both kinds of list protection */
extern const struct gt_vm_args gt_lock_mode;
extern const struct gt_vm_args gt_resv_mode;
extern const struct gt_vm_args gt_bare_lock_mode;
extern const struct gt_vm_args gt_bare_resv_mode;
/*
 * Each way to protect the lists, and, in our own implementation, each in immediate mode
 */
#ifdef NGV_SELFTEST_MAINLINE
#define GT_MODES	2
#else
#define GT_MODES	4
#endif
extern const struct gt_vm_args * const gt_modes[GT_MODES];

/* All callbacks, which count everything that they allocate */
extern const struct drm_gpuvm_ops gt_ops;
/* Only the mandatory callback */
extern const struct drm_gpuvm_ops gt_bare_ops;

#ifdef NGV_SELFTEST_MAINLINE
/* Linux 6.12 has no immediate mode. */
static inline bool gt_immediate(struct drm_gpuvm *vm)
{
	return false;
}

static inline void gt_gpuva_lock(struct drm_gem_object *obj)
{
}

static inline void gt_gpuva_unlock(struct drm_gem_object *obj)
{
}

static inline void gt_cleanup(struct drm_gpuvm *vm)
{
}
#else
static inline bool gt_immediate(struct drm_gpuvm *vm)
{
	return drm_gpuvm_immediate_mode(vm);
}

/* The lock of an object's vm_bos in immediate mode; others may hold it too. */
static inline void gt_gpuva_lock(struct drm_gem_object *obj)
{
	mutex_lock(ngv_gem_gpuva_mutex(obj));
}

static inline void gt_gpuva_unlock(struct drm_gem_object *obj)
{
	mutex_unlock(ngv_gem_gpuva_mutex(obj));
}

/* Frees what immediate mode has deferred.  No lock of an object held. */
static inline void gt_cleanup(struct drm_gpuvm *vm)
{
	drm_gpuvm_bo_deferred_cleanup(vm);
}
#endif

struct drm_gpuvm *gt_vm_new(struct gt *gt, const struct gt_vm_args *args);
struct drm_gpuvm *gt_vm(struct gt *gt, const struct gt_vm_args *args);
void gt_vm_clear(struct drm_gpuvm *vm);

struct drm_gem_object *gt_extobj(struct gt *gt);
struct drm_gem_object *gt_extobj_new(struct gt *gt);
struct drm_gem_object *gt_local(struct gt *gt, struct drm_gpuvm *vm);

/**
 * struct gt_va - a mapping of the suites
 * @lead: keeps @base away from the start of the allocation
 * @gt: the case that counts the mapping
 * @base: the mapping
 */
struct gt_va {
	u64 lead;
	struct gt *gt;
	struct drm_gpuva base;
};

struct drm_gpuva *gt_va_blank(struct gt *gt);
struct drm_gpuva *gt_va_new(struct gt *gt, u64 addr, u64 range,
			    struct drm_gem_object *obj, u64 offset);
void gt_va_free(struct drm_gpuva *va);
struct drm_gpuva *gt_va_insert(struct gt *gt, struct drm_gpuvm *vm, u64 addr,
			       u64 range, struct drm_gem_object *obj,
			       u64 offset);
struct drm_gpuva *gt_va_link(struct gt *gt, struct drm_gpuvm *vm, u64 addr,
			     u64 range, struct drm_gem_object *obj, u64 offset);
void gt_va_drop(struct drm_gpuva *va);

/**
 * struct gt_bo - a vm_bo of &gt_ops
 * @lead: keeps @base away from the start of the allocation
 * @base: the vm_bo
 * @validated: number of calls of the default validate callback
 * @ret: return value of the default validate callback
 * @stays: true if this callback leaves the object evicted
 */
struct gt_bo {
	u64 lead;
	struct drm_gpuvm_bo base;
	unsigned int validated;
	int ret;
	bool stays;
};

static inline struct gt_bo *to_gt_bo(struct drm_gpuvm_bo *vm_bo)
{
	return container_of(vm_bo, struct gt_bo, base);
}

void gt_lock(struct gt *gt, struct drm_exec *exec, struct drm_gpuvm *vm,
	     struct drm_gem_object *obj);
void gt_unlock(struct drm_exec *exec);

struct drm_gpuvm_bo *gt_obtain(struct gt *gt, struct drm_gpuvm *vm,
			       struct drm_gem_object *obj);
struct drm_gpuvm_bo *gt_obtain_ext(struct gt *gt, struct drm_gpuvm *vm,
				   struct drm_gem_object *obj);
bool gt_put(struct gt *gt, struct drm_gpuvm_bo *vm_bo);
bool gt_put_locked(struct drm_gpuvm_bo *vm_bo);
void gt_evict(struct gt *gt, struct drm_gem_object *obj, bool evict);

/**
 * struct gt_span - a part of an op
 * @there: true if the op has this part
 * @addr: first address
 * @range: number of addresses
 * @obj: object of the mapping
 * @offset: offset in the object
 */
struct gt_span {
	bool there;
	u64 addr;
	u64 range;
	struct drm_gem_object *obj;
	u64 offset;
};

/**
 * struct gt_step - the values of an op
 * @type: type of the op
 * @map: the new mapping of a map op
 * @old: the mapping to remove or prefetch
 * @prev: the part of a remap before the hole
 * @next: the part of a remap after the hole
 * @hole: the range that a remap unmaps; only address and range are set
 * @keep: the flag of an unmap op
 */
struct gt_step {
	enum drm_gpuva_op_type type;
	struct gt_span map;
	struct gt_span old;
	struct gt_span prev;
	struct gt_span next;
	struct gt_span hole;
	bool keep;
};

#define GT_LOG_STEPS 24

/**
 * struct gt_log - a sequence of ops
 * @count: number of ops; ops after GT_LOG_STEPS are not kept
 * @step: the ops
 */
struct gt_log {
	unsigned int count;
	struct gt_step step[GT_LOG_STEPS];
};

void gt_log_op(struct gt_log *log, const struct drm_gpuva_op *op);
void gt_log_ops(struct gt_log *log, const struct drm_gpuva_ops *ops);
struct gt_step *gt_log_next(struct gt_log *log);
bool gt_log_same(struct ktap *t, const struct gt_log *have,
		 const struct gt_log *want);

/**
 * struct gt_walk - private pointer of the split and merge callbacks of &gt_ops
 * @gt: the case
 * @vm: the VM
 * @log: gets each op, if not NULL
 * @apply: true if each op is carried out at once
 * @linked: true if the mappings are linked to their objects; the caller then holds the
 *	lock of every object
 * @calls: number of callbacks so far
 * @fail_at: number of the callback (from 1) that fails; 0 means none
 * @err: return value of this callback
 */
struct gt_walk {
	struct gt *gt;
	struct drm_gpuvm *vm;
	struct gt_log *log;
	bool apply;
	bool linked;
	unsigned int calls;
	unsigned int fail_at;
	int err;
};

void gt_apply(struct gt_walk *walk, struct drm_gpuva_op *op);
void gt_apply_ops(struct gt_walk *walk, struct drm_gpuva_ops *ops);

#endif
