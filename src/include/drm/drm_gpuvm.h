/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * GPU virtual address spaces: the mapped ranges, their GEM objects, and the steps of a
 * request to map or unmap a range.
 *
 * The API is that of mainline 6.12.  The include guard is mainline's too: the kernel's
 * own header has other structure layouts and must not be included after this one.
 */
#ifndef __DRM_GPUVM_H__
#define __DRM_GPUVM_H__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/dma-resv.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/prefetch.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <drm/drm_device.h>
#include <drm/drm_exec.h>
#include <drm/drm_gem.h>

struct drm_gpuva_op;
struct drm_gpuvm;
struct drm_gpuvm_bo;
struct seq_file;

/**
 * enum drm_gpuva_flags - flags of a mapping
 * @DRM_GPUVA_INVALIDATED: the memory behind the mapping has moved or is gone
 * @DRM_GPUVA_SPARSE: the range is reserved and has no memory behind it
 * @DRM_GPUVA_USERBITS: first bit for the driver
 */
enum drm_gpuva_flags {
	DRM_GPUVA_INVALIDATED	= BIT(0),
	DRM_GPUVA_SPARSE	= BIT(1),
	DRM_GPUVA_USERBITS	= BIT(2),
};

/**
 * struct drm_gpuva - one mapped range of a VM
 *
 * Embedded in the driver's structure, which the driver allocates and frees.  The tree
 * copies the end of the range: the driver must not change @va while the mapping is
 * inserted.
 *
 * Finding and removing read only the first 32 bytes: in a slab of objects of 96 bytes,
 * such as nouveau's, these lie in one cache line.
 */
struct drm_gpuva {
	/**
	 * @place: for the tree: the mapping's slot, or, with bit 0 set, a neighbour
	 * without a slot; 0 if the mapping is not inserted
	 */
	unsigned long place;

	/** @va: the mapped range, in a unit that the driver chooses for the VM */
	struct {
		/** @va.range: length, not 0 while inserted */
		u64 range;
		/** @va.addr: first address */
		u64 addr;
	} va;

	/** @gem: memory behind the mapping */
	struct {
		/** @gem.offset: offset in the object where the mapping starts */
		u64 offset;
		/** @gem.obj: the object, NULL for a sparse mapping */
		struct drm_gem_object *obj;
		/** @gem.entry: link in &drm_gpuvm_bo.list.gpuva */
		struct list_head entry;
	} gem;

	/** @vm: the VM of the last insertion; stays set after removal */
	struct drm_gpuvm *vm;

	/** @vm_bo: the argument of drm_gpuva_link(), else NULL */
	struct drm_gpuvm_bo *vm_bo;

	/** @flags: see &enum drm_gpuva_flags */
	enum drm_gpuva_flags flags;

	/** @half: for the tree: half of a pointer to a neighbour without a slot */
	u32 half;
};

/**
 * drm_gpuva_init() - sets the range and the object of a mapping before insertion
 * @va: the mapping
 * @addr: first address
 * @range: length
 * @obj: object behind the mapping, or NULL
 * @offset: offset in @obj where the mapping starts
 *
 * Does not change flags and links.  No locks.  Semantics: mainline 6.12.
 */
static inline void drm_gpuva_init(struct drm_gpuva *va, u64 addr, u64 range,
				  struct drm_gem_object *obj, u64 offset)
{
	va->va.addr = addr;
	va->va.range = range;
	va->gem.offset = offset;
	va->gem.obj = obj;
}

/**
 * drm_gpuva_invalidate() - sets or clears %DRM_GPUVA_INVALIDATED
 * @va: the mapping
 * @invalidate: the new value
 *
 * Not atomic: the caller serialises changes of &drm_gpuva.flags.
 * Semantics: mainline 6.12.
 */
static inline void drm_gpuva_invalidate(struct drm_gpuva *va, bool invalidate)
{
	va->flags &= ~DRM_GPUVA_INVALIDATED;
	if (invalidate)
		va->flags |= DRM_GPUVA_INVALIDATED;
}

/**
 * drm_gpuva_invalidated() - checks whether %DRM_GPUVA_INVALIDATED is set
 * @va: the mapping
 *
 * Return: true if the flag is set.  Semantics: mainline 6.12.
 */
static inline bool drm_gpuva_invalidated(struct drm_gpuva *va)
{
	return !!(va->flags & DRM_GPUVA_INVALIDATED);
}

struct drm_gpuva *drm_gpuva_find(struct drm_gpuvm *vm, u64 addr, u64 range);
struct drm_gpuva *drm_gpuva_find_first(struct drm_gpuvm *vm, u64 addr, u64 range);
struct drm_gpuva *drm_gpuva_find_next(struct drm_gpuvm *vm, u64 end);
struct drm_gpuva *drm_gpuva_find_prev(struct drm_gpuvm *vm, u64 start);
int drm_gpuva_insert(struct drm_gpuvm *vm, struct drm_gpuva *va);
void drm_gpuva_remove(struct drm_gpuva *va);
void drm_gpuva_unlink(struct drm_gpuva *va);
void drm_gpuva_unlink_defer(struct drm_gpuva *va);
void drm_gpuva_link(struct drm_gpuva *va, struct drm_gpuvm_bo *vm_bo);

/**
 * enum drm_gpuvm_flags - flags of a VM
 * @DRM_GPUVM_RESV_PROTECTED: the VM's dma-resv protects the lists of external and
 *	evicted objects; the driver holds it in all calls that use the lists, and GPUVM
 *	takes no locks of its own
 * @DRM_GPUVM_IMMEDIATE_MODE: the driver changes the VM in a fence signalling critical
 *	path; a mutex of the object protects its vm_bos, and
 *	drm_gpuvm_bo_deferred_cleanup() frees them later
 * @DRM_GPUVM_USERBITS: first bit for the driver
 * @__DRM_GPUVM_IMMEDIATE: immediate mode, in &drm_gpuvm.flags, whatever the API
 *
 * 6.12 has no immediate mode: its first bit for the driver is that of 7.3's.
 */
enum drm_gpuvm_flags {
	DRM_GPUVM_RESV_PROTECTED	= BIT(0),
#ifdef DRM_GPUVM_MAP_BY_REQUEST
	DRM_GPUVM_IMMEDIATE_MODE	= BIT(1),
	DRM_GPUVM_USERBITS		= BIT(2),
#else
	DRM_GPUVM_USERBITS		= BIT(1),
	DRM_GPUVM_IMMEDIATE_MODE	= BIT(30),
#endif
	__DRM_GPUVM_IMMEDIATE		= BIT(30),
};

/**
 * struct drm_gpuvm_tree - the mappings of a VM, by address
 * @opaque: room for what the core keeps here, so that small VMs allocate nothing
 *
 * The driver's lock of the VM's mappings protects the tree.
 */
struct drm_gpuvm_tree {
	u64 opaque[139];
};

/**
 * struct drm_gpuvm_bo_list - list of &struct drm_gpuvm_bo that may change during a walk
 * @list: the members
 * @next: the next member for the one walk that may run; NULL without a walk
 * @doomed: vm_bos without references that the walk may still use
 * @lock: protects all members, unless the VM is %DRM_GPUVM_RESV_PROTECTED
 */
struct drm_gpuvm_bo_list {
	struct list_head list;
	struct list_head *next;
	struct list_head doomed;
	spinlock_t lock;	/* of the other members */
};

/**
 * struct drm_gpuvm - a GPU's virtual address space
 *
 * Embedded in the driver's structure.  Addresses and lengths are in a unit that the
 * driver chooses; all calls use the same unit.
 */
struct drm_gpuvm {
	/** @drm: the device; the VM holds a reference */
	struct drm_device *drm;

	/** @name: for debugfs; belongs to the driver */
	const char *name;

	/** @flags: see &enum drm_gpuvm_flags */
	enum drm_gpuvm_flags flags;

	/** @mm_start: first address of the space */
	u64 mm_start;

	/** @mm_range: length of the space */
	u64 mm_range;

	/** @kref: lifetime */
	struct kref kref;

	/** @tree: the mappings; a lock of the driver protects them */
	struct drm_gpuvm_tree tree;

	/** @kernel_alloc_node: the range reserved for the kernel, if any */
	struct drm_gpuva kernel_alloc_node;

	/** @ops: the driver's callbacks */
	const struct drm_gpuvm_ops *ops;

	/** @r_obj: object that provides the dma-resv of all private objects */
	struct drm_gem_object *r_obj;

	/** @extobj: mapped objects that do not share the VM's dma-resv */
	struct drm_gpuvm_bo_list extobj;

	/** @evict: mapped objects that must be validated */
	struct drm_gpuvm_bo_list evict;

	/** @bo_defer: vm_bos that drm_gpuvm_bo_deferred_cleanup() will free */
	struct llist_head bo_defer;
};

void drm_gpuvm_init(struct drm_gpuvm *vm, const char *name,
		    enum drm_gpuvm_flags flags, struct drm_device *drm,
		    struct drm_gem_object *r_obj, u64 start, u64 range,
		    u64 reserve_start, u64 reserve_range,
		    const struct drm_gpuvm_ops *ops);
void drm_gpuvm_init_immediate_bit(struct drm_gpuvm *vm, const char *name,
				  enum drm_gpuvm_flags flags, struct drm_device *drm,
				  struct drm_gem_object *r_obj, u64 start, u64 range,
				  u64 reserve_start, u64 reserve_range,
				  const struct drm_gpuvm_ops *ops);
void drm_gpuvm_put(struct drm_gpuvm *vm);
bool drm_gpuvm_interval_empty(struct drm_gpuvm *vm, u64 addr, u64 range);
bool drm_gpuvm_range_valid(struct drm_gpuvm *vm, u64 addr, u64 range);
struct drm_gem_object *drm_gpuvm_resv_object_alloc(struct drm_device *drm);

/**
 * drm_gpuvm_get() - takes a reference
 * @vm: the VM, to which the caller has a reference already
 *
 * Any context.
 *
 * Return: @vm.  Semantics: mainline 6.12.
 */
static inline struct drm_gpuvm *drm_gpuvm_get(struct drm_gpuvm *vm)
{
	kref_get(&vm->kref);
	return vm;
}

/**
 * drm_gpuvm_resv_protected() - checks whether the VM's dma-resv protects the lists
 * @vm: the VM
 *
 * Return: true if %DRM_GPUVM_RESV_PROTECTED is set.  Semantics: mainline 6.12.
 */
static inline bool drm_gpuvm_resv_protected(struct drm_gpuvm *vm)
{
	return !!(vm->flags & DRM_GPUVM_RESV_PROTECTED);
}

/**
 * drm_gpuvm_immediate_mode() - checks whether a VM is in immediate mode
 * @vm: the VM
 *
 * Return: true if %DRM_GPUVM_IMMEDIATE_MODE is set.  Semantics: mainline 7.3.
 */
static inline bool drm_gpuvm_immediate_mode(struct drm_gpuvm *vm)
{
	return !!(vm->flags & __DRM_GPUVM_IMMEDIATE);
}

/* The object that provides the dma-resv of all private objects, and this dma-resv */
#define drm_gpuvm_resv_obj(vm__)	((vm__)->r_obj)
#define drm_gpuvm_resv(vm__)		(drm_gpuvm_resv_obj(vm__)->resv)

#define drm_gpuvm_resv_held(vm__)	dma_resv_held(drm_gpuvm_resv(vm__))
#define drm_gpuvm_resv_assert_held(vm__) \
	dma_resv_assert_held(drm_gpuvm_resv(vm__))

/**
 * drm_gpuvm_is_extobj() - checks whether an object is external to a VM
 * @vm: the VM
 * @obj: the object, or NULL, which is never external
 *
 * Return: true if @obj does not share the VM's dma-resv.  Semantics: mainline 6.12.
 */
static inline bool drm_gpuvm_is_extobj(struct drm_gpuvm *vm,
				       struct drm_gem_object *obj)
{
	if (!obj)
		return false;
	return obj->resv != drm_gpuvm_resv(vm);
}

/*
 * State of the iterators below: a view of the neighbouring mappings that the tree keeps
 * together, and the address where the walk continues if the tree has changed.  A walk
 * reads mappings only at the end of its range.
 */
struct __drm_gpuva_walk {
	struct drm_gpuvm *vm;
	const void *leaf;		/* for the core; NULL before the first step */
	const u32 *used;		/* a bit for each slot that has a mapping */
	const u64 *end;			/* of the mapping in each slot */
	struct drm_gpuva *const *va;
	struct drm_gpuva *spill;	/* the mapping, if it has no slot */
	unsigned int pos;		/* else its slot */
	bool over;
	const unsigned long *changes;	/* counter that tells of moved mappings */
	unsigned long at_change;	/* the counter at the last step */
	u64 from;
	u64 last;			/* last address of the range */
};

struct drm_gpuva *__drm_gpuva_walk_on(struct __drm_gpuva_walk *w);
struct drm_gpuva *__drm_gpuva_walk_again(struct __drm_gpuva_walk *w);
struct drm_gpuva *__drm_gpuva_walk_peek(struct __drm_gpuva_walk *w);

/* What a walk sees before its first step: a counter that has changed. */
static const unsigned long __drm_gpuva_walk_not_begun = 1;

static inline struct __drm_gpuva_walk
__drm_gpuva_walk_range(struct drm_gpuvm *vm, u64 start, u64 end)
{
	return (struct __drm_gpuva_walk) {
		.vm = vm, .changes = &__drm_gpuva_walk_not_begun,
		.from = start, .last = end - 1, .over = start >= end,
	};
}

static inline struct __drm_gpuva_walk __drm_gpuva_walk_all(struct drm_gpuvm *vm)
{
	return (struct __drm_gpuva_walk) {
		.vm = vm, .changes = &__drm_gpuva_walk_not_begun, .last = U64_MAX,
	};
}

/*
 * Returns the used slots after this one; 0 if the tree has changed since the last step.
 */
static inline u32 __drm_gpuva_walk_rest(const struct __drm_gpuva_walk *w)
{
	if (w->at_change != *w->changes)
		return 0;
	return *w->used >> w->pos >> 1;
}

/* Returns whether the mapping in the current slot starts after the range. */
static inline bool __drm_gpuva_walk_beyond(const struct __drm_gpuva_walk *w)
{
	return w->end[w->pos] - 1 > w->last && w->va[w->pos]->va.addr > w->last;
}

/*
 * Calls one of the three functions above with a copy of @w.  The compiler may then keep
 * the state of a loop in registers, since no other function has the state's address.
 */
static __always_inline struct drm_gpuva *
__drm_gpuva_walk_call(struct drm_gpuva *(*step)(struct __drm_gpuva_walk *w),
		      struct __drm_gpuva_walk *w)
{
	struct __drm_gpuva_walk copy = *w;
	struct drm_gpuva *va = step(&copy);

	*w = copy;
	return va;
}

/* Finds the next mapping when the loop needs it. */
static __always_inline struct drm_gpuva *__drm_gpuva_walk_late(struct __drm_gpuva_walk *w)
{
	u32 rest = __drm_gpuva_walk_rest(w);

	if (!rest)
		return __drm_gpuva_walk_call(__drm_gpuva_walk_on, w);
	w->pos += 1 + __ffs(rest);
	if (__drm_gpuva_walk_beyond(w))
		return NULL;
	w->from = w->end[w->pos];
	return w->va[w->pos];
}

/* Slots ahead of a loop that removes mappings, and so reads each */
#define __DRM_GPUVA_AHEAD	6

/*
 * Returns the next mapping and finds the one after it.  The body may remove the first
 * one.  The walk skips mappings that the body inserts between the two.
 */
static __always_inline struct drm_gpuva *
__drm_gpuva_walk_early(struct __drm_gpuva_walk *w, struct drm_gpuva **next)
{
	struct drm_gpuva *va;
	u32 rest;

	if (w->at_change == *w->changes && *w->used >> w->pos & 1 && !w->over)
		va = w->va[w->pos];
	else
		va = __drm_gpuva_walk_call(__drm_gpuva_walk_again, w);
	if (!va)
		return NULL;

	rest = *w->used >> w->pos >> 1;
	if (!rest) {
		*next = __drm_gpuva_walk_call(__drm_gpuva_walk_peek, w);
		return va;
	}
	if (rest >> (__DRM_GPUVA_AHEAD - 1) & 1)
		prefetch(w->va[w->pos + __DRM_GPUVA_AHEAD]);
	w->pos += 1 + __ffs(rest);
	/* The last address of the next mapping: the walk finds it there again. */
	w->from = w->end[w->pos] - 1;
	w->over = __drm_gpuva_walk_beyond(w);
	*next = w->over ? NULL : w->va[w->pos];
	return va;
}

/**
 * drm_gpuvm_for_each_va_range() - iterates over the mappings that overlap a range
 * @va__: &struct drm_gpuva pointer that is set to each mapping; NULL after the last
 * @vm__: the VM
 * @start__: first address of the range
 * @end__: first address after the range
 *
 * In order of addresses.  The body must not remove @va__.  Includes
 * &drm_gpuvm.kernel_alloc_node.  The caller holds the lock of the VM's mappings.
 * Semantics: mainline 6.12.  Each argument is evaluated once.
 */
#define drm_gpuvm_for_each_va_range(va__, vm__, start__, end__)		\
	for (struct __drm_gpuva_walk walk__ =				\
		__drm_gpuva_walk_range(vm__, start__, end__);		\
	     ((va__) = __drm_gpuva_walk_late(&walk__));)

/**
 * drm_gpuvm_for_each_va_range_safe() - same, and the body may remove @va__
 * @va__: &struct drm_gpuva pointer that is set to each mapping; NULL after the last
 * @next__: another such pointer, set to the next mapping
 * @vm__: the VM
 * @start__: first address of the range
 * @end__: first address after the range
 *
 * As drm_gpuvm_for_each_va_range().  The iterator skips mappings that the body inserts
 * right after @va__.
 */
#define drm_gpuvm_for_each_va_range_safe(va__, next__, vm__, start__, end__) \
	for (struct __drm_gpuva_walk walk__ =				\
		__drm_gpuva_walk_range(vm__, start__, end__);		\
	     ((va__) = __drm_gpuva_walk_early(&walk__, &(next__)));)

/**
 * drm_gpuvm_for_each_va() - iterates over all mappings of a VM
 * @va__: &struct drm_gpuva pointer that is set to each mapping; NULL after the last
 * @vm__: the VM
 *
 * In order of addresses.  Includes &drm_gpuvm.kernel_alloc_node.  The caller holds the
 * lock of the VM's mappings.  Semantics: mainline 6.12.
 */
#define drm_gpuvm_for_each_va(va__, vm__)				\
	for (struct __drm_gpuva_walk walk__ = __drm_gpuva_walk_all(vm__); \
	     ((va__) = __drm_gpuva_walk_late(&walk__));)

/**
 * drm_gpuvm_for_each_va_safe() - same, and the body may remove @va__
 * @va__: &struct drm_gpuva pointer that is set to each mapping; NULL after the last
 * @next__: another such pointer, set to the next mapping
 * @vm__: the VM
 */
#define drm_gpuvm_for_each_va_safe(va__, next__, vm__)			\
	for (struct __drm_gpuva_walk walk__ = __drm_gpuva_walk_all(vm__); \
	     ((va__) = __drm_gpuva_walk_early(&walk__, &(next__)));)

/**
 * struct drm_gpuvm_bo - one GEM object in one VM
 *
 * There is at most one for each VM and object.  A vm_bo lives while a caller holds a
 * reference or a mapping is linked to the vm_bo.
 */
struct drm_gpuvm_bo {
	/** @vm: the VM; the vm_bo holds a reference */
	struct drm_gpuvm *vm;

	/** @obj: the object; the vm_bo holds a reference */
	struct drm_gem_object *obj;

	/** @kref: lifetime */
	struct kref kref;

	/** @walks: number of walks that may still use a vm_bo without references */
	atomic_t walks;

	/** @evicted: @obj must be validated; the object's dma-resv protects the flag */
	bool evicted;

	/** @list: the mappings, and links in lists */
	struct {
		/** @list.entry: links; the first two are in the cache line of @obj */
		struct {
			/** @list.entry.evict: in &drm_gpuvm.evict */
			struct list_head evict;
			/** @list.entry.extobj: in &drm_gpuvm.extobj */
			struct list_head extobj;
			/** @list.entry.gem: in the object's list; GEM gpuva lock */
			struct list_head gem;
			/** @list.entry.bo_defer: in &drm_gpuvm.bo_defer */
			struct llist_node bo_defer;
		} entry;

		/** @list.gpuva: mappings of @obj in @vm; GEM gpuva lock */
		struct list_head gpuva;
	} list;

	/** @index: for the lookup of the vm_bos of @obj by VM; GEM gpuva lock */
	struct {
		union {
			/** @index.child: vm_bos whose next key bit is 0 or 1 */
			struct drm_gpuvm_bo *child[2];
			/** @index.doomed: for a walk, after the last reference */
			struct list_head doomed;
		};
		/** @index.root: set in the first vm_bo of the object's list */
		struct drm_gpuvm_bo *root;
	} index;
};

struct drm_gpuvm_bo *drm_gpuvm_bo_create(struct drm_gpuvm *vm,
					 struct drm_gem_object *obj);
struct drm_gpuvm_bo *drm_gpuvm_bo_find(struct drm_gpuvm *vm,
				       struct drm_gem_object *obj);
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain(struct drm_gpuvm *vm,
					 struct drm_gem_object *obj);
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain_prealloc(struct drm_gpuvm_bo *prealloc);
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain_locked(struct drm_gpuvm *vm,
						struct drm_gem_object *obj);
bool drm_gpuvm_bo_put(struct drm_gpuvm_bo *vm_bo);
bool drm_gpuvm_bo_put_deferred(struct drm_gpuvm_bo *vm_bo);
void drm_gpuvm_bo_deferred_cleanup(struct drm_gpuvm *vm);
void drm_gpuvm_bo_extobj_add(struct drm_gpuvm_bo *vm_bo);
void drm_gpuvm_bo_evict(struct drm_gpuvm_bo *vm_bo, bool evict);
void drm_gpuvm_bo_gem_evict(struct drm_gem_object *obj, bool evict);

/**
 * drm_gpuvm_bo_get() - takes a reference
 * @vm_bo: the vm_bo, to which the caller has a reference already
 *
 * Any context.
 *
 * Return: @vm_bo.  Semantics: mainline 6.12.
 */
static inline struct drm_gpuvm_bo *drm_gpuvm_bo_get(struct drm_gpuvm_bo *vm_bo)
{
	kref_get(&vm_bo->kref);
	return vm_bo;
}

/**
 * drm_gpuvm_bo_for_each_va() - iterates over the mappings of one object in one VM
 * @va__: &struct drm_gpuva pointer that is set to each mapping
 * @vm_bo__: the vm_bo
 *
 * The caller holds the GEM gpuva lock.  Semantics: mainline 6.12.
 */
#define drm_gpuvm_bo_for_each_va(va__, vm_bo__) \
	list_for_each_entry(va__, &(vm_bo__)->list.gpuva, gem.entry)

/**
 * drm_gpuvm_bo_for_each_va_safe() - same, and the body may unlink @va__
 * @va__: &struct drm_gpuva pointer that is set to each mapping
 * @next__: another such pointer, for the iterator
 * @vm_bo__: the vm_bo, to which the caller holds a reference
 */
#define drm_gpuvm_bo_for_each_va_safe(va__, next__, vm_bo__) \
	list_for_each_entry_safe(va__, next__, &(vm_bo__)->list.gpuva, gem.entry)

/**
 * struct drm_gpuvm_exec - arguments of drm_gpuvm_exec_lock() and similar functions
 *
 * Usually on the stack.  The driver sets all members but @exec.
 */
struct drm_gpuvm_exec {
	/** @vm: the VM whose objects will be locked */
	struct drm_gpuvm *vm;

	/** @num_fences: fence slots to reserve in each dma-resv; 0: only lock */
	unsigned int num_fences;

	/** @flags: for drm_exec_init() */
	u32 flags;

	/** @extra: if set, locks more than the VM's objects */
	struct {
		/** @extra.fn: called after the VM's objects are locked */
		int (*fn)(struct drm_gpuvm_exec *vm_exec);
		/** @extra.priv: for @extra.fn */
		void *priv;
	} extra;

	/** @exec: the locks */
	struct drm_exec exec;
};

int drm_gpuvm_prepare_vm(struct drm_gpuvm *vm, struct drm_exec *exec,
			 unsigned int num_fences);
int drm_gpuvm_prepare_objects(struct drm_gpuvm *vm, struct drm_exec *exec,
			      unsigned int num_fences);
int drm_gpuvm_prepare_range(struct drm_gpuvm *vm, struct drm_exec *exec,
			    u64 addr, u64 range, unsigned int num_fences);

int drm_gpuvm_exec_lock(struct drm_gpuvm_exec *vm_exec);
int drm_gpuvm_exec_lock_array(struct drm_gpuvm_exec *vm_exec,
			      struct drm_gem_object **objs, unsigned int num_objs);
int drm_gpuvm_exec_lock_range(struct drm_gpuvm_exec *vm_exec, u64 addr, u64 range);

int drm_gpuvm_validate(struct drm_gpuvm *vm, struct drm_exec *exec);
void drm_gpuvm_resv_add_fence(struct drm_gpuvm *vm, struct drm_exec *exec,
			      struct dma_fence *fence,
			      enum dma_resv_usage private_usage,
			      enum dma_resv_usage extobj_usage);

/**
 * drm_gpuvm_exec_unlock() - drops all locks
 * @vm_exec: the argument of drm_gpuvm_exec_lock() or a similar function
 *
 * May sleep.  Semantics: mainline 6.12.
 */
static inline void drm_gpuvm_exec_unlock(struct drm_gpuvm_exec *vm_exec)
{
	drm_exec_fini(&vm_exec->exec);
}

/**
 * drm_gpuvm_exec_resv_add_fence() - drm_gpuvm_resv_add_fence() for a locked VM
 * @vm_exec: the argument of drm_gpuvm_exec_lock() or a similar function
 * @fence: the fence
 * @private_usage: usage of the fence in the VM's own dma-resv
 * @extobj_usage: usage of the fence in the dma-resv of other locked objects
 */
static inline void
drm_gpuvm_exec_resv_add_fence(struct drm_gpuvm_exec *vm_exec, struct dma_fence *fence,
			      enum dma_resv_usage private_usage,
			      enum dma_resv_usage extobj_usage)
{
	drm_gpuvm_resv_add_fence(vm_exec->vm, &vm_exec->exec, fence, private_usage,
				 extobj_usage);
}

/**
 * drm_gpuvm_exec_validate() - drm_gpuvm_validate() for a locked VM
 * @vm_exec: the argument of drm_gpuvm_exec_lock() or a similar function
 *
 * Return: 0 or a negative error code.
 */
static inline int drm_gpuvm_exec_validate(struct drm_gpuvm_exec *vm_exec)
{
	return drm_gpuvm_validate(vm_exec->vm, &vm_exec->exec);
}

/**
 * enum drm_gpuva_op_type - types of &struct drm_gpuva_op
 * @DRM_GPUVA_OP_MAP: add a mapping
 * @DRM_GPUVA_OP_REMAP: shrink a mapping or split it in two
 * @DRM_GPUVA_OP_UNMAP: remove a mapping
 * @DRM_GPUVA_OP_PREFETCH: prepare a mapping for use
 */
enum drm_gpuva_op_type {
	DRM_GPUVA_OP_MAP	= 0,
	DRM_GPUVA_OP_REMAP	= 1,
	DRM_GPUVA_OP_UNMAP	= 2,
	DRM_GPUVA_OP_PREFETCH	= 3,
};

/**
 * struct drm_gpuva_op_map - a mapping to add
 */
struct drm_gpuva_op_map {
	/** @gem: memory behind the mapping */
	struct {
		/** @gem.obj: the object, or NULL */
		struct drm_gem_object *obj;
		/** @gem.offset: offset in the object where the mapping starts */
		u64 offset;
	} gem;

	/** @va: range in the VM */
	struct {
		/** @va.addr: first address */
		u64 addr;
		/** @va.range: length */
		u64 range;
	} va;
};

/**
 * struct drm_gpuva_op_unmap - a mapping to remove
 */
struct drm_gpuva_op_unmap {
	/** @va: the mapping */
	struct drm_gpuva *va;

	/**
	 * @keep: the new mapping has the same memory at the same addresses, so page
	 * table entries need not change
	 */
	bool keep;
};

/**
 * struct drm_gpuva_op_remap - a mapping to replace with its remaining parts
 */
struct drm_gpuva_op_remap {
	/** @unmap: the old mapping */
	struct drm_gpuva_op_unmap *unmap;

	/** @prev: the part below the hole, or NULL */
	struct drm_gpuva_op_map *prev;

	/** @next: the part above the hole, or NULL */
	struct drm_gpuva_op_map *next;
};

/**
 * struct drm_gpuva_op_prefetch - a mapping to prefetch
 */
struct drm_gpuva_op_prefetch {
	/** @va: the mapping */
	struct drm_gpuva *va;
};

/**
 * struct drm_gpuva_op - one step of a change to the mappings
 */
struct drm_gpuva_op {
	/** @op: selects the member of the union */
	enum drm_gpuva_op_type op;

	/** @entry: link in &drm_gpuva_ops.list */
	struct list_head entry;

	union {
		/** @prefetch: if @op is %DRM_GPUVA_OP_PREFETCH */
		struct drm_gpuva_op_prefetch prefetch;
		/** @unmap: if @op is %DRM_GPUVA_OP_UNMAP */
		struct drm_gpuva_op_unmap unmap;
		/** @remap: if @op is %DRM_GPUVA_OP_REMAP */
		struct drm_gpuva_op_remap remap;
		/** @map: if @op is %DRM_GPUVA_OP_MAP */
		struct drm_gpuva_op_map map;
	};
};

/**
 * struct drm_gpuva_ops - steps to carry out in order
 */
struct drm_gpuva_ops {
	/** @list: the steps */
	struct list_head list;
};

/* Iterators over &struct drm_gpuva_ops; semantics: mainline 6.12 */
#define drm_gpuva_first_op(ops) \
	list_first_entry(&(ops)->list, struct drm_gpuva_op, entry)
#define drm_gpuva_last_op(ops) \
	list_last_entry(&(ops)->list, struct drm_gpuva_op, entry)
#define drm_gpuva_next_op(op)	list_next_entry(op, entry)
#define drm_gpuva_prev_op(op)	list_prev_entry(op, entry)

#define drm_gpuva_for_each_op(op, ops) \
	list_for_each_entry(op, &(ops)->list, entry)
/* The body may take @op off the list. */
#define drm_gpuva_for_each_op_safe(op, next, ops) \
	list_for_each_entry_safe(op, next, &(ops)->list, entry)
#define drm_gpuva_for_each_op_reverse(op, ops) \
	list_for_each_entry_reverse(op, &(ops)->list, entry)
/* Starts at the current @op. */
#define drm_gpuva_for_each_op_from_reverse(op, ops) \
	list_for_each_entry_from_reverse(op, &(ops)->list, entry)

/**
 * struct drm_gpuvm_map_req - a request to map a range
 */
struct drm_gpuvm_map_req {
	/** @map: the requested mapping */
	struct drm_gpuva_op_map map;
};

struct drm_gpuva_ops *
drm_gpuvm_sm_map_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range,
			    struct drm_gem_object *obj, u64 offset);
struct drm_gpuva_ops *
drm_gpuvm_sm_map_req_ops_create(struct drm_gpuvm *vm, const struct drm_gpuvm_map_req *req);
struct drm_gpuva_ops *
drm_gpuvm_madvise_ops_create(struct drm_gpuvm *vm, const struct drm_gpuvm_map_req *req);
struct drm_gpuva_ops *
drm_gpuvm_sm_unmap_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range);
struct drm_gpuva_ops *
drm_gpuvm_prefetch_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range);
struct drm_gpuva_ops *
drm_gpuvm_bo_unmap_ops_create(struct drm_gpuvm_bo *vm_bo);
void drm_gpuva_ops_free(struct drm_gpuvm *vm, struct drm_gpuva_ops *ops);

int drm_gpuvm_sm_map(struct drm_gpuvm *vm, void *priv, u64 addr, u64 range,
		     struct drm_gem_object *obj, u64 offset);
int drm_gpuvm_sm_map_req(struct drm_gpuvm *vm, void *priv,
			 const struct drm_gpuvm_map_req *req);
int drm_gpuvm_sm_unmap(struct drm_gpuvm *vm, void *priv, u64 addr, u64 range);
int drm_gpuvm_sm_map_exec_lock(struct drm_gpuvm *vm, struct drm_exec *exec,
			       unsigned int num_fences, const struct drm_gpuvm_map_req *req);
int drm_gpuvm_sm_unmap_exec_lock(struct drm_gpuvm *vm, struct drm_exec *exec, u64 addr,
				 u64 range);

void drm_gpuva_map(struct drm_gpuvm *vm, struct drm_gpuva *va,
		   const struct drm_gpuva_op_map *op);
void drm_gpuva_remap(struct drm_gpuva *prev, struct drm_gpuva *next,
		     const struct drm_gpuva_op_remap *op);
void drm_gpuva_unmap(const struct drm_gpuva_op_unmap *op);

/**
 * drm_gpuva_init_from_op() - drm_gpuva_init() with the range and object of an operation
 * @va: the mapping
 * @op: the operation
 */
static inline void drm_gpuva_init_from_op(struct drm_gpuva *va,
					  const struct drm_gpuva_op_map *op)
{
	drm_gpuva_init(va, op->va.addr, op->va.range, op->gem.obj, op->gem.offset);
}

/**
 * drm_gpuva_op_remap_to_unmap_range() - gets the hole that a remap operation leaves
 * @op: the operation
 * @start_addr: gets the first address of the hole; may be NULL
 * @range: gets the length of the hole; may be NULL
 *
 * The range of the mapping in &drm_gpuva_op_remap.unmap must be unchanged.
 * Semantics: mainline 6.12.
 */
static inline void
drm_gpuva_op_remap_to_unmap_range(const struct drm_gpuva_op_remap *op,
				  u64 *start_addr, u64 *range)
{
	const struct drm_gpuva *old = op->unmap->va;
	u64 from = old->va.addr;
	u64 to = from + old->va.range;

	if (op->prev)
		from = op->prev->va.addr + op->prev->va.range;
	if (op->next)
		to = op->next->va.addr;

	if (start_addr)
		*start_addr = from;
	if (range)
		*range = to - from;
}

/**
 * struct drm_gpuvm_ops - a driver's callbacks for its VMs
 *
 * All but @vm_free are optional.
 */
struct drm_gpuvm_ops {
	/** @vm_free: frees the VM after its last reference */
	void (*vm_free)(struct drm_gpuvm *gpuvm);

	/**
	 * @vm_bo_validate: makes an evicted object resident; drm_gpuvm_validate() calls
	 * it with the object locked in @exec
	 */
	int (*vm_bo_validate)(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec);

	/** @vm_bo_alloc: allocates a zeroed vm_bo; may sleep */
	struct drm_gpuvm_bo *(*vm_bo_alloc)(void);

	/** @vm_bo_free: frees a vm_bo of @vm_bo_alloc */
	void (*vm_bo_free)(struct drm_gpuvm_bo *vm_bo);

	/** @op_alloc: allocates a zeroed operation; may sleep */
	struct drm_gpuva_op *(*op_alloc)(void);

	/** @op_free: frees an operation of @op_alloc */
	void (*op_free)(struct drm_gpuva_op *op);

	/**
	 * @sm_step_unmap: carries out an unmap operation; @priv is the argument of
	 * drm_gpuvm_sm_map() or drm_gpuvm_sm_unmap(); @op is valid only during the call
	 */
	int (*sm_step_unmap)(struct drm_gpuva_op *op, void *priv);

	/** @sm_step_remap: same for a remap operation */
	int (*sm_step_remap)(struct drm_gpuva_op *op, void *priv);

	/** @sm_step_map: same for a map operation */
	int (*sm_step_map)(struct drm_gpuva_op *op, void *priv);
};

/*
 * In mainline 7.x drm_gpuvm_sm_map() and drm_gpuvm_sm_map_ops_create() take a request
 * instead of its parts, a flag of drm_gpuvm_init() has another value, an assertion takes
 * the VM, and a function is for immediate mode alone.  A package with a driver of that
 * API defines this macro; the core implements both APIs.
 */
#ifdef DRM_GPUVM_MAP_BY_REQUEST
/* A driver's own operation.  Switches of older drivers do not handle it. */
#define DRM_GPUVA_OP_DRIVER		((enum drm_gpuva_op_type)4)
#undef drm_gpuvm_sm_map
#define drm_gpuvm_sm_map		drm_gpuvm_sm_map_req
#undef drm_gpuvm_sm_map_ops_create
#define drm_gpuvm_sm_map_ops_create	drm_gpuvm_sm_map_req_ops_create
#undef drm_gpuvm_init
#define drm_gpuvm_init			drm_gpuvm_init_immediate_bit

/**
 * drm_gem_gpuva_assert_lock_held() - warns if the caller does not hold the gpuva lock
 * @vm__: the VM
 * @obj__: the object
 *
 * Semantics: mainline 7.3.  Its lock is a mutex of the object in immediate mode, else
 * the object's dma-resv.
 */
#undef drm_gem_gpuva_assert_lock_held
#define drm_gem_gpuva_assert_lock_held(vm__, obj__)				\
do {										\
	const struct drm_gem_object *obj___ __maybe_unused = (obj__);		\
										\
	lockdep_assert(drm_gpuvm_immediate_mode(vm__) ?				\
		       lockdep_is_held(ngv_gem_gpuva_mutex(obj___)) :		\
		       dma_resv_held(obj___->resv));				\
} while (0)

/**
 * ngv_bo_obtain_prealloc_immediate() - drm_gpuvm_bo_obtain_prealloc() of mainline 7.3
 * @prealloc: from drm_gpuvm_bo_create(); the function takes over the caller's reference
 *
 * Warns outside immediate mode.
 *
 * Return: as drm_gpuvm_bo_obtain_prealloc().
 */
static inline struct drm_gpuvm_bo *
ngv_bo_obtain_prealloc_immediate(struct drm_gpuvm_bo *prealloc)
{
	WARN_ON(!drm_gpuvm_immediate_mode(prealloc->vm));
	return drm_gpuvm_bo_obtain_prealloc(prealloc);
}

#undef drm_gpuvm_bo_obtain_prealloc
#define drm_gpuvm_bo_obtain_prealloc	ngv_bo_obtain_prealloc_immediate
#endif

#ifdef CONFIG_DEBUG_FS
/* In mainline since v6.6, in drm_debugfs.h */
int drm_debugfs_gpuva_info(struct seq_file *m, struct drm_gpuvm *gpuvm);
#endif

#endif
