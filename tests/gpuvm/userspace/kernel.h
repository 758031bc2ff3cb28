/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * As much of a kernel as GPUVM and drm_exec need, for programs: the one header
 * behind every <linux/...> and <drm/...> that they include.
 *
 * Locks and reference counts are real atomics, so that their price and their
 * races are, and the count of each kind is kept where KERNEL_COUNTS is
 * defined.  kmalloc() rounds as the slabs do and can be made to fail.  A lock
 * that would have to wait ends the program: with one thread nobody would ever
 * give it back.  KERNEL_THREADS makes locks wait instead.
 *
 * Lists and red-black trees come from the kernel's own source, for all
 * implementations alike.
 */
#ifndef TESTS_GPUVM_KERNEL_H
#define TESTS_GPUVM_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------- language and compiler -- */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int32_t s32;
typedef long long s64;
typedef unsigned int gfp_t;

#define __init
#define __exit
#define __must_check
#define __maybe_unused		__attribute__((unused))
#undef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define fallthrough		__attribute__((fallthrough))
#define __counted_by(m)
#define __rcu
#define __acquires(l)
#define __releases(l)
#define __acquire(l)		do { } while (0)
#define __release(l)		do { } while (0)
#define __private
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ __volatile__("" : : : "memory")
/* Not the builtin: gcc leaves out calls of functions that do nothing else. */
#define prefetch(p)		__asm__ __volatile__("prefetcht0 %0" : : "m" (*(const char *)(p)))
#define prefetchw(p)		__asm__ __volatile__("prefetchw %0" : : "m" (*(const char *)(p)))
#ifdef KERNEL_THREADS
/* In words that a sanitizer knows. */
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#else
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#endif
#define data_race(x)		(x)
#define __context_unsafe(...)	do { } while (0)
#define __same_type(a, b)	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))
#define __ffs(x)		((unsigned long)__builtin_ctzl(x))
#define __fls(x)		((unsigned long)(63 - __builtin_clzl(x)))
#define BIT(n)			(1UL << (n))
#define hash_ptr(p, bits)	((unsigned int)(((unsigned long)(p) * 0x61c8864680b583ebUL) >> (64 - (bits))))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)	(((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a)	(!((x) & ((typeof(x))(a) - 1)))
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define container_of_const	container_of
#define offsetofend(t, m)	(offsetof(t, m) + sizeof(((t *)0)->m))
#define __PASTE2(a, b)		a##b
#define __PASTE(a, b)		__PASTE2(a, b)
#define __UNIQUE_ID(p)		__PASTE(__PASTE(unique_, p), __COUNTER__)
#define BUILD_BUG_ON(c)		_Static_assert(!(c), #c)
#define min(a, b)		({ __typeof__(a) a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __typeof__(a) a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define IS_ENABLED(c)		0
#define U64_MAX			(~0ULL)
#define PAGE_SIZE		4096UL

#define check_add_overflow(a, b, r)	__builtin_add_overflow(a, b, r)
static inline size_t size_mul(size_t a, size_t b)
{
	size_t r;

	return __builtin_mul_overflow(a, b, &r) ? SIZE_MAX : r;
}

#define EXPORT_SYMBOL(s)
#define EXPORT_SYMBOL_GPL(s)
#define MODULE_DESCRIPTION(s)
#define MODULE_LICENSE(s)
#define MODULE_VERSION(s)
#define MODULE_AUTHOR(s)
#define module_exit(f)		extern __typeof__(f) f

#define MAX_ERRNO	4095
#define ERR_PTR(e)	((void *)(long)(e))
#define PTR_ERR(p)	((long)(p))
#define IS_ERR(p)	((unsigned long)(p) >= (unsigned long)-MAX_ERRNO)
#define IS_ERR_OR_NULL(p) (!(p) || IS_ERR(p))

/* Words of the kernel's own list headers. */
#define POISON_POINTER_DELTA	0
#define LIST_POISON1		((void *)0x100)
#define LIST_POISON2		((void *)0x122)
#define WRITE_ONCE_LIST		WRITE_ONCE
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define rcu_dereference_raw(p)	READ_ONCE(p)

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

/* ---------------------------------------------------- what is kept count -- */

struct kernel_counts {
	unsigned long atomics;		/* reference counts, and the like */
	unsigned long locks;		/* spinlocks and mutexes taken */
	unsigned long resv_attempts;	/* to lock a dma-resv, also in vain */
	unsigned long allocs, frees;
	unsigned long bytes;		/* in use, rounded up */
	unsigned long refused;		/* allocations made to fail */
	unsigned long warnings;
};

extern struct kernel_counts kernel_counts;

#ifdef KERNEL_COUNTS
#define kernel_count(what) __atomic_fetch_add(&kernel_counts.what, 1, __ATOMIC_RELAXED)
#else
#define kernel_count(what) do { } while (0)
#endif

/* One line on stderr, unless silenced; tests look at the count. */
extern bool kernel_quiet;
void kernel_warn(const char *file, int line, const char *what);

#define WARN(c, ...) ({							\
	bool warn_ = !!(c);						\
	if (unlikely(warn_))						\
		kernel_warn(__FILE__, __LINE__, #c);			\
	unlikely(warn_);						\
})
#define WARN_ON(c)		WARN(c, "")
#define WARN_ON_ONCE(c)		WARN(c, "")
#define drm_WARN(drm, c, ...)	WARN(c, __VA_ARGS__)
#define drm_WARN_ON(drm, c)	WARN(c, "")
#define drm_WARN_ONCE(drm, c, ...) WARN(c, __VA_ARGS__)
#ifdef KERNEL_ASSERTS
/* Spinlocks, and mutexes under which a signalled fence waits, that this thread holds. */
extern __thread unsigned int kernel_spinning, kernel_signalling;
#define kernel_holds(what, n)	(kernel_##what += (n))
#define might_sleep()		WARN_ON(kernel_spinning)
#define lockdep_assert(c)	WARN_ON(!(c))
#define lockdep_assert_held(m)	WARN_ON(!mutex_is_locked(m))
#define CONFIG_LOCKDEP		1
#else
#define kernel_holds(what, n)	do { } while (0)
#define might_sleep()		do { } while (0)
#define lockdep_assert(c)	do { } while (0)
#define lockdep_assert_held(m)	do { } while (0)
#endif

void kernel_deadlock(const char *what) __attribute__((noreturn));

/* --------------------------------------------------------------- memory -- */

#define GFP_KERNEL	1u
#define GFP_NOWAIT	2u
#define GFP_ATOMIC	4u
#define __GFP_NOWARN	8u
#define __GFP_ZERO	16u
#define __GFP_NOFAIL	32u

/* Of 1000 allocations that many fail; by what is asked for. */
struct kernel_faults {
	unsigned int sleeping, atomic;
	u64 seed;
	/* Counts down if not 0: the allocation that it reaches 0 at fails. */
	unsigned long countdown;
};

extern struct kernel_faults kernel_faults;

void *kernel_alloc(size_t size, gfp_t flags);
void kfree(const void *p);
size_t kernel_slab_size(size_t size);
void *kernel_arena(size_t size);
size_t kernel_size(const void *p);
/* Calls @fn for all memory that kmalloc() hands out in parts. */
void kernel_each_slab(void (*fn)(const void *p, size_t size));

static inline void *kmalloc(size_t size, gfp_t flags)
{
	return kernel_alloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return kernel_alloc(size, flags | __GFP_ZERO);
}

static inline void *kmemdup(const void *from, size_t size, gfp_t flags)
{
	void *p = kernel_alloc(size, flags);

	return p ? memcpy(p, from, size) : NULL;
}

static inline void *kvrealloc(const void *old, size_t size, gfp_t flags)
{
	void *p = kernel_alloc(size, flags);

	if (p && old) {
		memcpy(p, old, min(size, kernel_size(old)));
		kfree(old);
	}
	return p;
}

#define kvmalloc		kmalloc
#define kvzalloc		kzalloc
#define kvfree			kfree
#define kmalloc_array(n, s, f)	kmalloc(size_mul(n, s), f)
#define kvmalloc_array(n, s, f)	kmalloc(size_mul(n, s), f)
#define kcalloc(n, s, f)	kzalloc(size_mul(n, s), f)
#define kzalloc_obj(o)		kzalloc(sizeof(o), GFP_KERNEL)
#define kmalloc_obj(o)		kmalloc(sizeof(o), GFP_KERNEL)
#define kvmalloc_objs(o, n)	kmalloc(size_mul(n, sizeof(o)), GFP_KERNEL)
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof((p)->m[0]) * (n))

/* --------------------------------------------------------------- atomics -- */

typedef struct {
	int counter;
} atomic_t;

#define atomic_read(v)		READ_ONCE((v)->counter)
#define atomic_set(v, i)	WRITE_ONCE((v)->counter, i)
#define atomic_dec_and_test(v)	(__atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_ACQ_REL) == 0)
#define atomic_inc(v)		__atomic_fetch_add(&(v)->counter, 1, __ATOMIC_RELAXED)
#define atomic_dec(v)		__atomic_fetch_sub(&(v)->counter, 1, __ATOMIC_RELAXED)
#define try_cmpxchg(p, o, n) \
	__atomic_compare_exchange_n(p, o, n, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define xchg(p, n) ({ kernel_count(atomics); __atomic_exchange_n(p, n, __ATOMIC_SEQ_CST); })
#define cmpxchg(p, o, n) ({						\
	__typeof__(*(p)) was_ = (o);					\
	kernel_count(atomics);						\
	try_cmpxchg(p, &was_, n);					\
	was_;								\
})

typedef struct {
	int count;
} refcount_t;

struct kref {
	union {
		refcount_t refcount;
		int count;
	};
};

static inline void kref_init(struct kref *k)
{
	WRITE_ONCE(k->count, 1);
}

static inline unsigned int kref_read(const struct kref *k)
{
	return READ_ONCE(k->count);
}

static inline void kref_get(struct kref *k)
{
	int was = __atomic_fetch_add(&k->count, 1, __ATOMIC_RELAXED);

	kernel_count(atomics);
	if (unlikely(was <= 0))
		kernel_warn(__FILE__, __LINE__, "reference taken to what is gone");
}

static inline int kref_get_unless_zero(struct kref *k)
{
	int was = READ_ONCE(k->count);

	do {
		if (!was)
			return 0;
	} while (!try_cmpxchg(&k->count, &was, was + 1));
	kernel_count(atomics);
	return 1;
}

/* Returns false, and drops nothing, if the reference is the last. */
static inline bool refcount_dec_not_one(refcount_t *r)
{
	int was = READ_ONCE(r->count);

	do {
		if (was == 1)
			return false;
	} while (!try_cmpxchg(&r->count, &was, was - 1));
	kernel_count(atomics);
	if (unlikely(was <= 0))
		kernel_warn(__FILE__, __LINE__, "reference dropped to what is gone");
	return true;
}

static inline bool kref_drop(struct kref *k)
{
	int was = __atomic_fetch_sub(&k->count, 1, __ATOMIC_ACQ_REL);

	kernel_count(atomics);
	if (unlikely(was <= 0))
		kernel_warn(__FILE__, __LINE__, "reference dropped to what is gone");
	return was == 1;
}

static inline int kref_put(struct kref *k, void (*release)(struct kref *k))
{
	if (!kref_drop(k))
		return 0;
	release(k);
	return 1;
}

/* ----------------------------------------------------------------- locks -- */

typedef struct {
	int taken;
#ifdef KERNEL_ASSERTS
	const char *class;
#endif
} spinlock_t;

#ifdef KERNEL_ASSERTS
/* As lockdep: all locks that one line initialises are of one class. */
#define spin_lock_init(l) do {						\
	static const char class__;					\
									\
	(l)->taken = 0;							\
	(l)->class = &class__;						\
} while (0)
#define __SPIN_LOCK_UNLOCKED(name) { 0, NULL }
#else
#define spin_lock_init(l)	((l)->taken = 0)
#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#endif

static inline void kernel_take(spinlock_t *l)
{
	kernel_count(locks);
	while (__atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE)) {
#ifdef KERNEL_THREADS
		sched_yield();
#else
		kernel_deadlock("lock");
#endif
	}
}

static inline void kernel_give(spinlock_t *l)
{
	__atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
}

static inline void spin_lock(spinlock_t *l)
{
	kernel_take(l);
	kernel_holds(spinning, 1);
}

static inline void spin_unlock(spinlock_t *l)
{
	kernel_holds(spinning, -1);
	kernel_give(l);
}

struct mutex {
	spinlock_t l;
};

#define mutex_init(m)		spin_lock_init(&(m)->l)
#define lockdep_is_held(m)	mutex_is_locked(m)
#define mutex_is_locked(m)	READ_ONCE((m)->l.taken)

static inline void mutex_lock(struct mutex *m)
{
	might_sleep();
	kernel_take(&m->l);
	kernel_holds(signalling, 1);
}

static inline void mutex_unlock(struct mutex *m)
{
	kernel_holds(signalling, -1);
	kernel_give(&m->l);
}

static inline int kref_put_mutex(struct kref *k, void (*release)(struct kref *k),
				 struct mutex *m)
{
	int was = READ_ONCE(k->count);

	while (was > 1)
		if (try_cmpxchg(&k->count, &was, was - 1)) {
			kernel_count(atomics);
			return 0;
		}
	mutex_lock(m);
	if (!kref_drop(k)) {
		mutex_unlock(m);
		return 0;
	}
	release(k);
	return 1;
}

/* -------------------------------------------------------------- dma-resv -- */

struct ww_class {
	int unused;
};

extern struct ww_class reservation_ww_class;

struct ww_acquire_ctx {
	unsigned int acquired;
	bool done;
	unsigned long stamp;		/* the age of the ticket */
};

extern unsigned long kernel_stamps;

#define ww_acquire_init(c, class)					\
	(*(c) = (struct ww_acquire_ctx){				\
		.stamp = __atomic_add_fetch(&kernel_stamps, 1, __ATOMIC_RELAXED) })
#define ww_acquire_done(c)		((c)->done = true)
#define ww_acquire_fini(c)		do { } while (0)

struct dma_fence {
	int unused;
};

enum dma_resv_usage {
	DMA_RESV_USAGE_KERNEL,
	DMA_RESV_USAGE_WRITE,
	DMA_RESV_USAGE_READ,
	DMA_RESV_USAGE_BOOKKEEP,
};

struct dma_resv {
	struct {
		struct ww_acquire_ctx *ctx;
	} lock;
	void *owner;
	unsigned int slots, fences;
	unsigned int usage[4];
};

/* Of who asks; a context of its own for a lock without ticket. */
extern struct ww_acquire_ctx kernel_no_ticket;
/* The next attempt to lock this one is lost to somebody else. */
extern struct dma_resv *kernel_contended;
/* Called after each lock that is taken, for the order of them. */
extern void (*kernel_locked)(struct dma_resv *resv);

static inline void dma_resv_init(struct dma_resv *r)
{
	memset(r, 0, sizeof(*r));
}

static inline int dma_resv_lock(struct dma_resv *r, struct ww_acquire_ctx *ctx)
{
	void *none = NULL;
	void *self = ctx ? (void *)ctx : (void *)&kernel_no_ticket;

	might_sleep();
	kernel_count(resv_attempts);
	if (unlikely(r == kernel_contended)) {
		kernel_contended = NULL;
		return -EDEADLK;
	}
#ifdef KERNEL_THREADS
	while (!try_cmpxchg(&r->owner, &none, self)) {
		if (none == self && ctx)
			return -EALREADY;
		none = NULL;
		sched_yield();
	}
#else
	if (unlikely(!try_cmpxchg(&r->owner, &none, self))) {
		if (none == self && ctx)
			return -EALREADY;
		kernel_deadlock("dma-resv");
	}
#endif
	kernel_count(atomics);
	if (ctx) {
		ctx->acquired++;
		WRITE_ONCE(r->lock.ctx, ctx);
	}
	if (unlikely(kernel_locked))
		kernel_locked(r);
	return 0;
}

/* A signal ends the next wait for this one. */
extern struct dma_resv *kernel_interrupted;

static inline int dma_resv_lock_slow_interruptible(struct dma_resv *r,
						   struct ww_acquire_ctx *ctx)
{
	if (r == kernel_interrupted) {
		kernel_interrupted = NULL;
		return -EINTR;
	}
	return dma_resv_lock(r, ctx);
}

#define dma_resv_lock_interruptible		dma_resv_lock
#define dma_resv_lock_slow(r, c)		((void)dma_resv_lock(r, c))

static inline void dma_resv_unlock(struct dma_resv *r)
{
	if (r->lock.ctx) {
		r->lock.ctx->acquired--;
		WRITE_ONCE(r->lock.ctx, NULL);
	}
	kernel_count(atomics);
	(void)__atomic_exchange_n(&r->owner, NULL, __ATOMIC_RELEASE);
}

static inline struct ww_acquire_ctx *dma_resv_locking_ctx(struct dma_resv *r)
{
	return READ_ONCE(r->lock.ctx);
}

#define dma_resv_held(r)		(!!READ_ONCE((r)->owner))
#ifdef KERNEL_ASSERTS
#define dma_resv_assert_held(r)		WARN_ON(!dma_resv_held(r))
#else
#define dma_resv_assert_held(r)		do { } while (0)
#endif

static inline int dma_resv_reserve_fences(struct dma_resv *r, unsigned int n)
{
	if (r->slots - r->fences < n)
		r->slots = r->fences + n;
	return 0;
}

static inline void dma_resv_add_fence(struct dma_resv *r, struct dma_fence *f,
				      enum dma_resv_usage usage)
{
	if (r->fences == r->slots)
		kernel_warn(__FILE__, __LINE__, "fence without a slot");
	r->fences++;
	r->usage[usage]++;
}

/* ------------------------------------------------------------------- DRM -- */

struct drm_device {
	struct kref ref;
};

static inline void drm_dev_get(struct drm_device *d)
{
	kref_get(&d->ref);
}

static inline void drm_dev_put(struct drm_device *d)
{
	kref_drop(&d->ref);
}

struct drm_gem_object;

struct drm_gem_object_funcs {
	void (*free)(struct drm_gem_object *obj);
};

struct drm_gem_object {
	struct kref refcount;
	struct drm_device *dev;
	size_t size;
	struct dma_resv *resv;
	struct dma_resv _resv;
	struct {
		struct list_head list;
		struct mutex lock;
	} gpuva;
	const struct drm_gem_object_funcs *funcs;
};

static inline void drm_gem_object_get(struct drm_gem_object *o)
{
	kref_get(&o->refcount);
}

static inline void drm_gem_object_put(struct drm_gem_object *o)
{
	if (o && kref_drop(&o->refcount) && o->funcs && o->funcs->free)
		o->funcs->free(o);
}

static inline void drm_gem_object_release(struct drm_gem_object *o)
{
}

#ifdef KERNEL_GEM_BESIDE
/* As before v6.1: compat/gem_gpuva.c keeps the list. */
#define drm_gem_gpuva_init	ngv_gem_gpuva_init

struct list_head *ngv_gem_gpuva_list(struct drm_gem_object *obj);
int ngv_gem_gpuva_prepare(struct drm_gem_object *obj);
void drm_gem_gpuva_init(struct drm_gem_object *obj);
void ngv_gem_gpuva_forget(struct drm_gem_object *obj);
#else
#define ngv_gem_gpuva_list(obj)		(&(obj)->gpuva.list)
#define ngv_gem_gpuva_prepare(obj)	0

#define drm_gem_gpuva_init(o) do {					\
	(o)->gpuva.list.next = &(o)->gpuva.list;			\
	(o)->gpuva.list.prev = &(o)->gpuva.list;			\
} while (0)
#endif

static inline void drm_gem_private_object_init(struct drm_device *dev,
					       struct drm_gem_object *o, size_t size)
{
	kref_init(&o->refcount);
	o->dev = dev;
	o->size = size;
	dma_resv_init(&o->_resv);
	if (!o->resv)
		o->resv = &o->_resv;
	mutex_init(&o->gpuva.lock);
	drm_gem_gpuva_init(o);
}

#define drm_gem_for_each_gpuvm_bo(entry__, obj__) \
	list_for_each_entry(entry__, ngv_gem_gpuva_list(obj__), list.entry.gem)
#define drm_gem_for_each_gpuvm_bo_safe(entry__, next__, obj__) \
	list_for_each_entry_safe(entry__, next__, ngv_gem_gpuva_list(obj__), list.entry.gem)
#define ngv_gem_gpuva_mutex(obj) (&(obj)->gpuva.lock)

/* The lock of the list: by the mode of the VM from 7.x on, else the dma-resv. */
#ifdef KERNEL_GPUVA_MUTEX
#define drm_gem_gpuva_assert_lock_held(vm, o) \
	lockdep_assert(drm_gpuvm_immediate_mode(vm) ? mutex_is_locked(&(o)->gpuva.lock) : \
						      dma_resv_held((o)->resv))
#else
#define drm_gem_gpuva_assert_lock_held(o) lockdep_assert(dma_resv_held((o)->resv))
#endif

struct seq_file;
__attribute__((format(printf, 2, 3)))
void seq_printf(struct seq_file *m, const char *format, ...);

#endif
