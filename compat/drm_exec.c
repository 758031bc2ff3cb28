// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Drop when the oldest supported kernel is 6.8.

#include <linux/dma-resv.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include <drm/drm_exec.h>
#include <drm/drm_gem.h>

/**
 * DOC: Locking many GEM objects
 *
 * Two threads that lock the same reservations in different orders could deadlock.  A
 * reservation is a wait/wound mutex: the thread with the older ticket waits for a lock,
 * and the thread with the younger ticket gets -EDEADLK.  The younger thread must then
 * unlock everything, wait for the contended lock without holding others, and lock the
 * rest again.  A &struct drm_exec is a set of locked objects with one ticket, and does
 * this for the caller::
 *
 *	struct drm_gem_object *obj;
 *	struct drm_exec exec;
 *	int err = 0;
 *
 *	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
 *	drm_exec_until_all_locked(&exec) {
 *		list_for_each_entry(job, jobs, entry) {
 *			err = drm_exec_prepare_obj(&exec, job->obj, 1);
 *			drm_exec_retry_on_contention(&exec);
 *			if (err)
 *				goto out;
 *		}
 *	}
 *	drm_exec_for_each_locked_object(&exec, obj)
 *		dma_resv_add_fence(obj->resv, fence, DMA_RESV_USAGE_WRITE);
 *   out:
 *	drm_exec_fini(&exec);
 *
 * A set has these states:
 *
 * - new: after drm_exec_init(), before the first round, without a ticket;
 * - locking: in a round;
 * - contended: a lock call returned -EDEADLK.  The objects stay locked until
 *   drm_exec_cleanup() starts the next round.  The first lock call of this round waits
 *   for the contended object, because a lock call can return the error of an
 *   interrupted wait;
 * - locked: the body ended without contention.  The caller may not add objects.
 *
 * The set holds a reference to each locked object and to the contended one.  The free
 * callback of an object may take a lock of the set, so the set drops no reference that
 * may be the last while the set holds a lock.  Only one thread may use a set, from
 * drm_exec_init() to drm_exec_fini().
 */

#define NGV_EXEC_FIRST_SIZE	(PAGE_SIZE / sizeof(struct drm_gem_object *))

/**
 * drm_exec_init - initialises an empty set
 * @exec: the set
 * @flags: %DRM_EXEC_INTERRUPTIBLE_WAIT, %DRM_EXEC_IGNORE_DUPLICATES
 * @nr: expected number of objects, or 0; only a hint
 *
 * Allocates no memory, so it cannot fail.
 *
 * Context: any.  Semantics: mainline 6.12.
 */
void drm_exec_init(struct drm_exec *exec, u32 flags, unsigned int nr)
{
	*exec = (struct drm_exec) {
		.flags = flags,
		.state = NGV_EXEC_NEW,
		/* The size of the first allocation */
		.max_objects = nr ?: NGV_EXEC_FIRST_SIZE,
	};
}
EXPORT_SYMBOL(drm_exec_init);

/*
 * Unlocks the contended object, if it is locked.  The reference goes when everything is
 * unlocked.  A round waits for one object at most, so there is room for one reference.
 */
static void ngv_exec_park_first(struct drm_exec *exec)
{
	if (!exec->first)
		return;
	if (exec->first_held)
		dma_resv_unlock(exec->first->resv);
	exec->parked = exec->first;
	exec->first = NULL;
	exec->first_held = false;
}

/* Leaves @exec->first only if the next round has to wait for this object. */
static void ngv_exec_unlock_all(struct drm_exec *exec)
{
	struct drm_gem_object *obj;

	drm_exec_for_each_locked_object_reverse(exec, obj)
		dma_resv_unlock(obj->resv);
	if (exec->first_held)
		ngv_exec_park_first(exec);
	while (exec->num_objects)
		drm_gem_object_put(exec->objects[--exec->num_objects]);
	drm_gem_object_put(exec->parked);
	exec->parked = NULL;
}

/**
 * drm_exec_fini - unlocks all objects and ends the set
 * @exec: the set
 *
 * Also ends a set before its first round or in the middle of a round.
 *
 * Context: process context, in the thread that locked.  Semantics: mainline 6.12.
 */
void drm_exec_fini(struct drm_exec *exec)
{
	ngv_exec_unlock_all(exec);
	drm_gem_object_put(exec->first);
	if (exec->state != NGV_EXEC_NEW)
		ww_acquire_fini(&exec->ticket);
	kvfree(exec->objects);
}
EXPORT_SYMBOL(drm_exec_fini);

/**
 * drm_exec_cleanup - starts the next round of locking, if one is necessary
 * @exec: the set
 *
 * The condition of drm_exec_until_all_locked(); not for other use.  If a round does not
 * lock the contended object, the end of the round unlocks it.
 *
 * Context: process context.  Unlocks everything if the last round had contention.
 * Semantics: mainline 6.12, except that a round after contention that locks nothing
 * ends the loop.  Mainline's loop does not end then.
 * Return: true if the body must run (again), false if everything is locked.
 */
bool drm_exec_cleanup(struct drm_exec *exec)
{
	switch (exec->state) {
	case NGV_EXEC_NEW:
		ww_acquire_init(&exec->ticket, &reservation_ww_class);
		exec->state = NGV_EXEC_LOCKING;
		return true;
	case NGV_EXEC_CONTENDED:
		ngv_exec_unlock_all(exec);
		exec->state = NGV_EXEC_LOCKING;
		return true;
	case NGV_EXEC_LOCKING:
		ngv_exec_park_first(exec);
		ww_acquire_done(&exec->ticket);
		exec->state = NGV_EXEC_LOCKED;
		break;
	case NGV_EXEC_LOCKED:
		break;
	}
	return false;
}
EXPORT_SYMBOL(drm_exec_cleanup);

/* Makes room for one more object before it is locked. */
static int ngv_exec_make_room(struct drm_exec *exec)
{
	struct drm_gem_object **bigger;
	size_t room = exec->max_objects;

	if (exec->objects && exec->num_objects < room)
		return 0;
	/* Doubling copies each pointer about once on average. */
	if (exec->objects)
		room = size_mul(room, 2);
	if (room > UINT_MAX)
		return -ENOMEM;
	bigger = kvmalloc_array(room, sizeof(*bigger), GFP_KERNEL | __GFP_NOWARN);
	if (!bigger && !exec->objects && room > NGV_EXEC_FIRST_SIZE) {
		/* The hint may be far too large: try the default size. */
		room = NGV_EXEC_FIRST_SIZE;
		bigger = kvmalloc_array(room, sizeof(*bigger), GFP_KERNEL);
	}
	if (!bigger)
		return -ENOMEM;
	if (exec->objects)
		memcpy(bigger, exec->objects, exec->num_objects * sizeof(*bigger));
	kvfree(exec->objects);
	exec->objects = bigger;
	exec->max_objects = room;
	return 0;
}

/* No object of the set is locked, so waiting cannot deadlock. */
static int ngv_exec_wait_first(struct drm_exec *exec)
{
	struct dma_resv *resv = exec->first->resv;
	int err = 0;

	if (exec->flags & DRM_EXEC_INTERRUPTIBLE_WAIT)
		err = dma_resv_lock_slow_interruptible(resv, &exec->ticket);
	else
		dma_resv_lock_slow(resv, &exec->ticket);
	exec->first_held = !err;
	if (!err)
		return 0;

	drm_gem_object_put(exec->first);
	exec->first = NULL;
	/*
	 * A ticket with contention may not lock another object first, so take a new
	 * ticket.  But the caller may hold other locks with this one, which it then
	 * keeps.
	 */
	if (!exec->ticket.acquired) {
		ww_acquire_fini(&exec->ticket);
		ww_acquire_init(&exec->ticket, &reservation_ww_class);
	}
	return err;
}

/*
 * Locks the reservation of @obj.  The wait for the contended object may have locked it
 * already, also if @obj is another object with the same reservation.
 */
static int ngv_exec_lock_resv(struct drm_exec *exec, struct drm_gem_object *obj)
{
	if (exec->first_held && exec->first->resv == obj->resv) {
		exec->first_held = false;
		ngv_exec_park_first(exec);
		return 0;
	}
	if (exec->flags & DRM_EXEC_INTERRUPTIBLE_WAIT)
		return dma_resv_lock_interruptible(obj->resv, &exec->ticket);
	return dma_resv_lock(obj->resv, &exec->ticket);
}

/* Another thread holds @obj: end this round, and start the next one with @obj. */
static void ngv_exec_lose(struct drm_exec *exec, struct drm_gem_object *obj)
{
	ngv_exec_park_first(exec);
	drm_gem_object_get(obj);
	exec->first = obj;
	exec->state = NGV_EXEC_CONTENDED;
}

/* Returns 0 if @obj joined the set, else an error, for a duplicate too. */
static int ngv_exec_add(struct drm_exec *exec, struct drm_gem_object *obj)
{
	int err;

	if (WARN_ON_ONCE(exec->state == NGV_EXEC_NEW))
		return -EINVAL;
	if (exec->state == NGV_EXEC_CONTENDED)
		return -EDEADLK;

	err = ngv_exec_make_room(exec);
	if (!err && exec->first && !exec->first_held)
		err = ngv_exec_wait_first(exec);
	if (err)
		return err;

	err = ngv_exec_lock_resv(exec, obj);
	if (err == -EDEADLK)
		ngv_exec_lose(exec, obj);
	if (err)
		return err;

	drm_gem_object_get(obj);
	exec->objects[exec->num_objects++] = obj;
	return 0;
}

/* Returns whether the caller wants a duplicate ignored. */
static bool ngv_exec_forgives(struct drm_exec *exec, int err)
{
	return err == -EALREADY && (exec->flags & DRM_EXEC_IGNORE_DUPLICATES);
}

/**
 * drm_exec_lock_obj - locks an object's reservation and takes a reference
 * @exec: the set, in a round
 * @obj: the object; the caller has a reference
 *
 * With %DRM_EXEC_IGNORE_DUPLICATES the function succeeds and does nothing if @obj, or
 * another object with the same reservation, is in the set.
 *
 * Context: process context, may sleep; the caller holds no reservation outside the set.
 * Semantics: mainline 6.12, except that after -EDEADLK all calls return -EDEADLK until
 * the next round.
 * Return: 0; -EDEADLK on contention; -EALREADY if the reservation is locked in this
 * set; -EINTR after a signal, with %DRM_EXEC_INTERRUPTIBLE_WAIT; -ENOMEM.
 */
int drm_exec_lock_obj(struct drm_exec *exec, struct drm_gem_object *obj)
{
	int err = ngv_exec_add(exec, obj);

	return ngv_exec_forgives(exec, err) ? 0 : err;
}
EXPORT_SYMBOL(drm_exec_lock_obj);

/**
 * drm_exec_unlock_obj - unlocks an object and removes it from the set
 * @exec: the set
 * @obj: an object in the set; any other object is ignored
 *
 * Fast for the objects locked last, slow for the others.
 *
 * Context: process context; drops the set's reference to @obj.
 * Semantics: mainline 6.12.
 */
void drm_exec_unlock_obj(struct drm_exec *exec, struct drm_gem_object *obj)
{
	struct drm_gem_object **slot = exec->objects + exec->num_objects;

	while (slot-- > exec->objects) {
		if (*slot != obj)
			continue;
		exec->num_objects--;
		memmove(slot, slot + 1, (exec->objects + exec->num_objects - slot) *
			sizeof(*slot));
		dma_resv_unlock(obj->resv);
		drm_gem_object_put(obj);
		return;
	}
}
EXPORT_SYMBOL(drm_exec_unlock_obj);

/**
 * drm_exec_prepare_obj - locks an object and reserves room for fences
 * @exec: the set, in a round
 * @obj: the object; the caller has a reference
 * @num_fences: number of calls of dma_resv_add_fence() for this object, at least 1
 *
 * Context: as drm_exec_lock_obj().  Semantics: mainline 6.12, except that a duplicate
 * stays locked if there is no memory for its fences.
 * Return: 0, or the errors of drm_exec_lock_obj(); after -ENOMEM the object has not
 * joined the set.
 */
int drm_exec_prepare_obj(struct drm_exec *exec, struct drm_gem_object *obj,
			 unsigned int num_fences)
{
	int joined = ngv_exec_add(exec, obj);
	int err;

	if (joined && !ngv_exec_forgives(exec, joined))
		return joined;
	err = dma_resv_reserve_fences(obj->resv, num_fences);
	if (err && !joined)
		drm_exec_unlock_obj(exec, obj);
	return err;
}
EXPORT_SYMBOL(drm_exec_prepare_obj);

/**
 * drm_exec_prepare_array - prepares objects up to the first failure
 * @exec: the set, in a round
 * @objects: the objects; the caller has a reference to each
 * @num_objects: number of objects, may be 0
 * @num_fences: as for drm_exec_prepare_obj(), for each object
 *
 * Context: as drm_exec_lock_obj().  Semantics: mainline 6.12.
 * Return: 0, or the error of the first object that failed; the objects before it are in
 * the set.
 */
int drm_exec_prepare_array(struct drm_exec *exec, struct drm_gem_object **objects,
			   unsigned int num_objects, unsigned int num_fences)
{
	struct drm_gem_object **end = objects + num_objects;
	int err = 0;

	while (!err && objects < end)
		err = drm_exec_prepare_obj(exec, *objects++, num_fences);
	return err;
}
EXPORT_SYMBOL(drm_exec_prepare_array);
