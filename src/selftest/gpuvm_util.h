/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_UTIL_H
#define GPUVM_UTIL_H

#include <linux/atomic.h>
#include <linux/types.h>

#include <drm/drm_exec.h>
#include <drm/drm_gem.h>
#include <drm/drm_gpuvm.h>

#include "fixture.h"
#include "ktap.h"

/**
 * DOC: GPUVM suites
 *
 * The suites judge an implementation of the GPUVM API of Linux 6.12 from the
 * outside: by what its functions return, call back and leave in the address
 * space. They look at no reference count and at no list or tree of its own, so
 * they also run on the kernel's implementation; -DNGV_SELFTEST_REFERENCE says
 * that it is that one, and gt_differs() names where it falls short of what its
 * documentation says.
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
 * struct gt - what a GPUVM case stands on
 * @t: the case
 * @fx: its device and objects
 * @vms: VMs not yet freed
 * @mappings: mappings the suite made and has not freed
 * @vm_bos: vm_bos not yet given back through the free callback
 * @ops: ops not yet given back through the free callback
 * @op_calls: calls of the op_alloc callback
 * @op_fail_at: the call (from 1) that returns NULL; 0 means none
 * @bo_fail: whether the vm_bo_alloc callback returns NULL
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
 * @gt: where it counts
 * @validate: called for each vm_bo that drm_gpuvm_validate() hands over; the
 *	default un-evicts the object
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
 * struct gt_vm_args - how gt_vm_new() makes a VM
 * @name: name, or NULL
 * @flags: &enum drm_gpuvm_flags
 * @start: first address
 * @range: addresses
 * @kstart: first address of the kernel's part
 * @krange: addresses of the kernel's part
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

/* Where most tests map, in bytes: nothing of the kernel's is meant. */
#define PAGE	0x1000ULL
#define START	(0x10 * PAGE)

/* 64 pages from START, with and without callbacks, in both ways of locking. */
extern const struct gt_vm_args gt_lock_mode;
extern const struct gt_vm_args gt_resv_mode;
extern const struct gt_vm_args gt_bare_lock_mode;
extern const struct gt_vm_args gt_bare_resv_mode;
/* The first two of them */
extern const struct gt_vm_args * const gt_modes[2];

/* Every callback; everything the VM allocates through them is counted. */
extern const struct drm_gpuvm_ops gt_ops;
/* The mandatory callback alone. */
extern const struct drm_gpuvm_ops gt_bare_ops;

struct drm_gpuvm *gt_vm_new(struct gt *gt, const struct gt_vm_args *args);
struct drm_gpuvm *gt_vm(struct gt *gt, const struct gt_vm_args *args);
void gt_vm_clear(struct drm_gpuvm *vm);

struct drm_gem_object *gt_extobj(struct gt *gt);
struct drm_gem_object *gt_extobj_new(struct gt *gt);
struct drm_gem_object *gt_local(struct gt *gt, struct drm_gpuvm *vm);

/**
 * struct gt_va - a mapping of the suites
 * @lead: keeps @base away from the beginning of the allocation
 * @gt: where it counts
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
 * struct gt_bo - a vm_bo made by &gt_ops
 * @lead: keeps @base away from the beginning of the allocation
 * @base: the vm_bo
 * @validated: calls of the default validate callback
 * @ret: what the default validate callback returns
 * @stays: whether it leaves the object evicted
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
void gt_evict(struct gt *gt, struct drm_gem_object *obj, bool evict);

/**
 * struct gt_span - part of the address space in an op
 * @there: whether the op has this part
 * @addr: first address
 * @range: addresses
 * @obj: object mapped there
 * @offset: place in the object
 */
struct gt_span {
	bool there;
	u64 addr;
	u64 range;
	struct drm_gem_object *obj;
	u64 offset;
};

/**
 * struct gt_step - an op, told in values
 * @type: which kind
 * @map: the new mapping of a map op
 * @old: the mapping that goes away, or is to be prefetched
 * @prev: what a remap leaves before the hole
 * @next: what a remap leaves after it
 * @hole: what a remap unmaps: address and range only
 * @keep: the flag of that name
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
 * @count: how many there were; those past GT_LOG_STEPS are not kept
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
 * struct gt_walk - private pointer of the split/merge callbacks of &gt_ops
 * @gt: the case
 * @vm: the VM
 * @log: where each op is written, or NULL
 * @apply: whether each op is applied at once
 * @linked: whether the mappings are linked to their objects; then the lock of
 *	every object is held
 * @calls: callbacks so far
 * @fail_at: the callback (from 1) that fails; 0 means none
 * @err: what it returns
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
