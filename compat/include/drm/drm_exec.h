/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * drm_exec, for kernels that have none or have it without the array size that
 * 6.8 added to drm_exec_init(); and its loop for those where a function can have
 * only one.
 */
#ifndef NGV_COMPAT_DRM_EXEC_H
#define NGV_COMPAT_DRM_EXEC_H

#include <linux/compiler.h>

#ifdef HAVE_DRM_EXEC
#include_next <drm/drm_exec.h>

/* What was waited for after contention and has not joined the set yet, or NULL. */
static inline struct drm_gem_object *ngv_exec_prelocked(const struct drm_exec *exec)
{
	return exec->prelocked;
}
#else

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/ww_mutex.h>

/* Our symbols must not meet those of a kernel module called drm_exec. */
#define drm_exec_init		ngv_drm_exec_init
#define drm_exec_fini		ngv_drm_exec_fini
#define drm_exec_cleanup	ngv_drm_exec_cleanup
#define drm_exec_lock_obj	ngv_drm_exec_lock_obj
#define drm_exec_unlock_obj	ngv_drm_exec_unlock_obj
#define drm_exec_prepare_obj	ngv_drm_exec_prepare_obj
#define drm_exec_prepare_array	ngv_drm_exec_prepare_array

struct drm_gem_object;

/* Give up waiting for a lock with -EINTR when a signal arrives. */
#define DRM_EXEC_INTERRUPTIBLE_WAIT	BIT(0)
/* Locking what is locked already succeeds, instead of giving -EALREADY. */
#define DRM_EXEC_IGNORE_DUPLICATES	BIT(1)

enum ngv_exec_state {
	NGV_EXEC_NEW,
	NGV_EXEC_LOCKING,
	NGV_EXEC_CONTENDED,
	NGV_EXEC_LOCKED,
};

/**
 * struct drm_exec - locks on a set of GEM objects
 * @ticket: what the wait/wound mutexes know this set by; for callers that lock
 *	more reservations in the same set
 *
 * Belongs to one thread, usually on its stack, and cannot be copied or moved.
 * The rest is private; see drm_exec_for_each_locked_object().
 */
struct drm_exec {
	struct ww_acquire_ctx ticket;
	/* private: */
	struct drm_gem_object **objects;
	/* What the last round lost, to be waited for before all else. */
	struct drm_gem_object *first;
	/* @first has been waited for, and nobody has asked for it yet. */
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

/* What was waited for after contention and has not joined the set yet, or NULL. */
static inline struct drm_gem_object *ngv_exec_prelocked(const struct drm_exec *exec)
{
	return exec->first_held ? exec->first : NULL;
}

/**
 * drm_exec_is_contended - whether this round of locking is lost
 * @exec: the set
 *
 * Return: true from the -EDEADLK of a lock call until drm_exec_cleanup().
 */
static inline bool drm_exec_is_contended(struct drm_exec *exec)
{
	return exec->state == NGV_EXEC_CONTENDED;
}

/**
 * drm_exec_obj - an object by the order of locking
 * @exec: the set
 * @index: 0 for the one locked first
 *
 * Return: the object, or NULL beyond the last.
 */
static inline struct drm_gem_object *drm_exec_obj(struct drm_exec *exec,
						  unsigned long index)
{
	if (index >= exec->num_objects)
		return NULL;
	return exec->objects[index];
}

/* How far a walk over the set has come. */
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
 * drm_exec_for_each_locked_object - walks the set in the order of locking
 * @exec: the set
 * @obj: loop variable, NULL after a complete walk
 */
#define drm_exec_for_each_locked_object(exec, obj)			\
	for (struct ngv_exec_walk __walk = ngv_exec_begin(exec);	\
	     ((obj) = ngv_exec_next(&__walk));)

/**
 * drm_exec_for_each_locked_object_reverse - walks the set, last locked first
 * @exec: the set
 * @obj: loop variable, NULL after a complete walk; may be unlocked on the way
 */
#define drm_exec_for_each_locked_object_reverse(exec, obj)		\
	for (struct ngv_exec_walk __walk = ngv_exec_end(exec);		\
	     ((obj) = ngv_exec_prev(&__walk));)

#endif /* HAVE_DRM_EXEC */

#ifndef HAVE_DRM_EXEC_LOOPS
/* Kernels with one fixed name of a label have theirs replaced. */
#undef drm_exec_until_all_locked
#undef drm_exec_retry_on_contention

/**
 * drm_exec_until_all_locked - loop that ends when its body locked everything
 * @exec: the set
 *
 * The body locks what it wants with the calls below and has
 * drm_exec_retry_on_contention() after each. No object of the set is locked
 * when it begins. break leaves the loop with what is locked so far.
 */
#define drm_exec_until_all_locked(exec) \
	__ngv_exec_rounds(exec, __UNIQUE_ID(drm_exec_round))

/*
 * A retry may sit in a loop of the body's own, where continue would not do, and a
 * function may have two sets, so no name of a label would do either. What has
 * the body's scope is a variable, and a variable can hold a label's address.
 */
#define __ngv_exec_rounds(exec, round) \
	round : for (void *const __drm_exec_round __maybe_unused = &&round; \
		     drm_exec_cleanup(exec);)

/**
 * drm_exec_retry_on_contention - begins another round if this one is lost
 * @exec: the set of the surrounding drm_exec_until_all_locked()
 */
#define drm_exec_retry_on_contention(exec) do {				\
	if (unlikely(drm_exec_is_contended(exec)))			\
		goto *__drm_exec_round;					\
} while (0)

#endif /* HAVE_DRM_EXEC_LOOPS */
#endif
