/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * drm_exec, for kernels without it, or without the array size argument that 6.8 added
 * to drm_exec_init().  The loop macros also replace those of kernels where a function
 * can have only one loop.
 */
#ifndef NGV_COMPAT_DRM_EXEC_H
#define NGV_COMPAT_DRM_EXEC_H

#include <linux/bug.h>
#include <linux/compiler.h>

#ifdef HAVE_DRM_EXEC
#include_next <drm/drm_exec.h>

/*
 * Returns the object that @exec locked after contention, if it is not in the set yet,
 * or NULL.
 */
static inline struct drm_gem_object *ngv_exec_prelocked(const struct drm_exec *exec)
{
	return exec->prelocked;
}

/* Returns whether @exec has locked nothing yet. */
static inline bool ngv_exec_is_new(const struct drm_exec *exec)
{
	/* What drm_exec_init() sets; the first round of the loop sets NULL. */
	return exec->contended == (void *)~0UL;
}
#else

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/ww_mutex.h>

/* A kernel module called drm_exec may export symbols with the same names. */
#define drm_exec_init		ngv_drm_exec_init
#define drm_exec_fini		ngv_drm_exec_fini
#define drm_exec_cleanup	ngv_drm_exec_cleanup
#define drm_exec_lock_obj	ngv_drm_exec_lock_obj
#define drm_exec_unlock_obj	ngv_drm_exec_unlock_obj
#define drm_exec_prepare_obj	ngv_drm_exec_prepare_obj
#define drm_exec_prepare_array	ngv_drm_exec_prepare_array

struct drm_gem_object;

/* A signal ends the wait for a lock with -EINTR. */
#define DRM_EXEC_INTERRUPTIBLE_WAIT	BIT(0)
/* Locking a locked object succeeds instead of failing with -EALREADY. */
#define DRM_EXEC_IGNORE_DUPLICATES	BIT(1)

enum ngv_exec_state {
	NGV_EXEC_NEW,
	NGV_EXEC_LOCKING,
	NGV_EXEC_CONTENDED,
	NGV_EXEC_LOCKED,
};

/**
 * struct drm_exec - locks on a set of GEM objects
 * @ticket: the set's ticket for wait/wound mutexes; for callers that lock more
 *	reservations with it
 *
 * Belongs to one thread, usually on its stack.  Must not be copied or moved.  The other
 * members are private; see drm_exec_for_each_locked_object().
 */
struct drm_exec {
	struct ww_acquire_ctx ticket;
	/* private: */
	struct drm_gem_object **objects;
	/* The contended object of the last round; the next round locks it first. */
	struct drm_gem_object *first;
	/* A former @first, until no object is locked */
	struct drm_gem_object *parked;
	/* @first is locked, but no lock call has asked for it yet. */
	bool first_held;
	enum ngv_exec_state state;
	u32 flags;
	unsigned int num_objects;
	unsigned int max_objects;
};

void drm_exec_init(struct drm_exec *exec, u32 flags, unsigned int nr);
int drm_exec_prepare_array(struct drm_exec *exec, struct drm_gem_object **objects,
			   unsigned int num_objects, unsigned int num_fences);
int drm_exec_prepare_obj(struct drm_exec *exec, struct drm_gem_object *obj,
			 unsigned int num_fences);
int drm_exec_lock_obj(struct drm_exec *exec, struct drm_gem_object *obj);
void drm_exec_unlock_obj(struct drm_exec *exec, struct drm_gem_object *obj);
bool drm_exec_cleanup(struct drm_exec *exec);
void drm_exec_fini(struct drm_exec *exec);

/*
 * Returns the object that @exec locked after contention, if it is not in the set yet,
 * or NULL.
 */
static inline struct drm_gem_object *ngv_exec_prelocked(const struct drm_exec *exec)
{
	return exec->first_held ? exec->first : NULL;
}

/* Returns whether @exec has locked nothing yet. */
static inline bool ngv_exec_is_new(const struct drm_exec *exec)
{
	return exec->state == NGV_EXEC_NEW;
}

/**
 * drm_exec_is_contended - checks whether this round of locking had contention
 * @exec: the set
 *
 * Return: true after a lock call returned -EDEADLK, until drm_exec_cleanup().
 */
static inline bool drm_exec_is_contended(struct drm_exec *exec)
{
	return exec->state == NGV_EXEC_CONTENDED;
}

/**
 * drm_exec_obj - gets an object by the order of locking
 * @exec: the set
 * @index: 0 for the object that was locked first
 *
 * Return: the object, or NULL after the last one.
 */
static inline struct drm_gem_object *drm_exec_obj(struct drm_exec *exec,
						  unsigned long index)
{
	if (index >= exec->num_objects)
		return NULL;
	return exec->objects[index];
}

/* State of a walk over the set */
struct ngv_exec_walk {
	struct drm_exec *exec;
	unsigned long at;
};

static inline struct drm_gem_object *ngv_exec_next(struct ngv_exec_walk *walk)
{
	return drm_exec_obj(walk->exec, walk->at++);
}

static inline struct drm_gem_object *ngv_exec_prev(struct ngv_exec_walk *walk)
{
	return walk->at ? drm_exec_obj(walk->exec, --walk->at) : NULL;
}

static inline struct ngv_exec_walk ngv_exec_begin(struct drm_exec *exec)
{
	return (struct ngv_exec_walk) { .exec = exec };
}

static inline struct ngv_exec_walk ngv_exec_end(struct drm_exec *exec)
{
	return (struct ngv_exec_walk) { .exec = exec, .at = exec->num_objects };
}

/**
 * drm_exec_for_each_locked_object - iterates over the set in the order of locking
 * @exec: the set
 * @obj: loop variable, NULL after a complete walk
 */
#define drm_exec_for_each_locked_object(exec, obj)			\
	for (struct ngv_exec_walk __walk = ngv_exec_begin(exec);	\
	     ((obj) = ngv_exec_next(&__walk));)

/**
 * drm_exec_for_each_locked_object_reverse - iterates over the set, last locked first
 * @exec: the set
 * @obj: loop variable, NULL after a complete walk; the body may unlock it
 */
#define drm_exec_for_each_locked_object_reverse(exec, obj)		\
	for (struct ngv_exec_walk __walk = ngv_exec_end(exec);		\
	     ((obj) = ngv_exec_prev(&__walk));)

#endif /* HAVE_DRM_EXEC */

/**
 * drm_exec_ticket - gets the ticket for wait/wound mutexes
 * @exec: the set
 *
 * A function since v6.18.
 */
#undef drm_exec_ticket
#define drm_exec_ticket(exec) (&(exec)->ticket)

#ifndef HAVE_DRM_EXEC_LOOPS
/* Replaces the macros of kernels that use a label with a fixed name. */
#undef drm_exec_until_all_locked
#undef drm_exec_retry_on_contention
#undef drm_exec_retry

/**
 * drm_exec_until_all_locked - repeats its body until there is no contention
 * @exec: the set
 *
 * The body locks objects and calls drm_exec_retry_on_contention() after each.  At the
 * start of the body no object of the set is locked. break leaves the loop and keeps the
 * locks.
 */
#define drm_exec_until_all_locked(exec) \
	__ngv_exec_rounds(exec, __UNIQUE_ID(drm_exec_round))

/*
 * A retry may be in an inner loop, so continue does not work.  A function may have two
 * sets, so a label with a fixed name does not work.  A variable has the scope of the
 * body, and can hold the address of a label.
 */
#define __ngv_exec_rounds(exec, round) \
	round : for (void *const __drm_exec_round __maybe_unused = &&round; \
		     drm_exec_cleanup(exec);)

/**
 * drm_exec_retry_on_contention - starts another round after contention
 * @exec: the set of the surrounding drm_exec_until_all_locked()
 */
#define drm_exec_retry_on_contention(exec) do {				\
	if (unlikely(drm_exec_is_contended(exec)))			\
		goto *__drm_exec_round;					\
} while (0)

/**
 * drm_exec_retry - starts another round with a set that is initialised anew
 * @exec: the set of the surrounding drm_exec_until_all_locked()
 */
#define drm_exec_retry(exec) do {					\
	WARN_ON(!ngv_exec_is_new(exec));				\
	goto *__drm_exec_round;						\
} while (0)

#elif !defined(drm_exec_retry)
/* The kernel's loop has the label in a variable; drm_exec_retry() came later. */
#define drm_exec_retry(exec) do {					\
	WARN_ON(!ngv_exec_is_new(exec));				\
	goto *__drm_exec_retry_ptr;					\
} while (0)
#endif /* HAVE_DRM_EXEC_LOOPS */
#endif
