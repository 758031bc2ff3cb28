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
 * Two threads that lock the same reservations in different orders would wait for
 * each other for ever. The reservation is a wait/wound mutex, which lets the
 * older thread (by its ticket) wait and turns the younger one away with
 * -EDEADLK: it then has to unlock everything, wait for the lock it lost with
 * nothing else held, and lock the rest again. A &struct drm_exec is one such
 * set, with its ticket, and does that bookkeeping::
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
 *  out:
 *	drm_exec_fini(&exec);
 *
 * A set goes through these states:
 *
 * - new: from drm_exec_init() to the first round, without a ticket;
 * - locking: in a round;
 * - contended: a lock call gave -EDEADLK. The objects stay locked until
 *   drm_exec_cleanup() begins the next round, in which the first lock call waits
 *   for the lost object. The wait is there and not in the cleanup so that an
 *   interrupted one has somewhere to report to;
 * - locked: the body came through, nothing may be added.
 *
 * The set refers to each object it has locked and to the one it lost. A set is not
 * protected against concurrent use: one thread has it from init to fini.
 */

#define NGV_EXEC_FIRST_SIZE	(PAGE_SIZE / sizeof(struct drm_gem_object *))

/**
 * drm_exec_init - makes an empty set
 * @exec: the set
 * @flags: %DRM_EXEC_INTERRUPTIBLE_WAIT, %DRM_EXEC_IGNORE_DUPLICATES
 * @nr: number of objects expected, or 0; it is a hint, more or fewer may come
 *
 * Memory is taken when the first object is locked, so this cannot fail.
 *
 * Context: any. The semantics are those of mainline 6.12.
 */
void drm_exec_init(struct drm_exec *exec, u32 flags, unsigned int nr)
{
	*exec = (struct drm_exec) {
		.flags = flags,
		.state = NGV_EXEC_NEW,
		/* Not allocated yet: what the first allocation is to hold. */
		.max_objects = nr ?: NGV_EXEC_FIRST_SIZE,
	};
}
EXPORT_SYMBOL(drm_exec_init);

/* Forgets the object to be waited for, wherever the waiting has got to. */
static void ngv_exec_drop_first(struct drm_exec *exec)
{
	if (exec->first_held)
		dma_resv_unlock(exec->first->resv);
	drm_gem_object_put(exec->first);
	exec->first = NULL;
	exec->first_held = false;
}

static void ngv_exec_unlock_all(struct drm_exec *exec)
{
	struct drm_gem_object *obj;

	drm_exec_for_each_locked_object_reverse(exec, obj)
		dma_resv_unlock(obj->resv);
	/*
	 * The last reference may go here. By now no lock of ours is held that
	 * the object's free callback could want.
	 */
	while (exec->num_objects)
		drm_gem_object_put(exec->objects[--exec->num_objects]);
}

/**
 * drm_exec_fini - unlocks what is locked and ends the set
 * @exec: the set
 *
 * Also ends a set that never had a round, or that is left in the middle of one.
 *
 * Context: process context, in the thread that locked. The semantics are those of
 * mainline 6.12.
 */
void drm_exec_fini(struct drm_exec *exec)
{
	ngv_exec_unlock_all(exec);
	ngv_exec_drop_first(exec);
	if (exec->state != NGV_EXEC_NEW)
		ww_acquire_fini(&exec->ticket);
	kvfree(exec->objects);
}
EXPORT_SYMBOL(drm_exec_fini);

/**
 * drm_exec_cleanup - goes on to the next round of locking, if one is needed
 * @exec: the set
 *
 * The condition of drm_exec_until_all_locked(); not meant for other use. A lost
 * object that the new round does not ask for is let go at its end.
 *
 * Context: process context. Unlocks everything if the last round was lost. The
 * semantics are those of mainline 6.12, except that a round after contention
 * that locks nothing ends the loop, where mainline's goes on for ever.
 * Return: true if the body has to run (again), false if all is locked.
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
		ngv_exec_drop_first(exec);
		ww_acquire_done(&exec->ticket);
		exec->state = NGV_EXEC_LOCKED;
		break;
	case NGV_EXEC_LOCKED:
		break;
	}
	return false;
}
EXPORT_SYMBOL(drm_exec_cleanup);

/* Room for one more object, before there is a lock to give back. */
static int ngv_exec_make_room(struct drm_exec *exec)
{
	struct drm_gem_object **bigger;
	size_t room = exec->max_objects;

	if (exec->objects && exec->num_objects < room)
		return 0;
	/* Doubling copies each pointer about once, however many there are. */
	if (exec->objects)
		room = size_mul(room, 2);
	if (room > UINT_MAX)
		return -ENOMEM;
	bigger = kvmalloc_array(room, sizeof(*bigger), GFP_KERNEL | __GFP_NOWARN);
	if (!bigger && !exec->objects && room > NGV_EXEC_FIRST_SIZE) {
		/* Too much was expected; what is needed may be far less. */
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

/* Nothing of ours is locked: waiting cannot deadlock. */
static int ngv_exec_wait_first(struct drm_exec *exec)
{
	struct dma_resv *resv = exec->first->resv;
	int err = 0;

	if (exec->flags & DRM_EXEC_INTERRUPTIBLE_WAIT)
		err = dma_resv_lock_slow_interruptible(resv, &exec->ticket);
	else
		dma_resv_lock_slow(resv, &exec->ticket);
	exec->first_held = !err;
	if (err) {
		/* A ticket that lost an object may lock no other before that one. */
		ww_acquire_fini(&exec->ticket);
		ww_acquire_init(&exec->ticket, &reservation_ww_class);
		ngv_exec_drop_first(exec);
	}
	return err;
}

/*
 * Locks the reservation of an object, or finds it locked for the set's first
 * one: that may be another object with the same reservation, if the round does
 * not ask for the objects of the last one.
 */
static int ngv_exec_lock_resv(struct drm_exec *exec, struct drm_gem_object *obj)
{
	if (exec->first_held && exec->first->resv == obj->resv) {
		exec->first_held = false;
		ngv_exec_drop_first(exec);
		return 0;
	}
	if (exec->flags & DRM_EXEC_INTERRUPTIBLE_WAIT)
		return dma_resv_lock_interruptible(obj->resv, &exec->ticket);
	return dma_resv_lock(obj->resv, &exec->ticket);
}

/* The round is lost to whoever holds @obj, and the next begins with it. */
static void ngv_exec_lose(struct drm_exec *exec, struct drm_gem_object *obj)
{
	ngv_exec_drop_first(exec);
	drm_gem_object_get(obj);
	exec->first = obj;
	exec->state = NGV_EXEC_CONTENDED;
}

/* 0 if @obj joined the set, otherwise an error, also for a duplicate. */
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

/* What a lock call makes of a duplicate. */
static bool ngv_exec_forgives(struct drm_exec *exec, int err)
{
	return err == -EALREADY && (exec->flags & DRM_EXEC_IGNORE_DUPLICATES);
}

/**
 * drm_exec_lock_obj - locks an object's reservation and takes a reference
 * @exec: the set, in a round
 * @obj: the object; the caller has a reference
 *
 * With %DRM_EXEC_IGNORE_DUPLICATES an object, or another with the same
 * reservation, that is in the set already is left as it is.
 *
 * Context: process context, may sleep; no reservation is held that is not in the
 * set. The semantics are those of mainline 6.12, except that calls after
 * -EDEADLK repeat it until the next round.
 * Return: 0; -EDEADLK if the round is lost; -EALREADY if the reservation is
 * locked in this set; -EINTR if a signal arrived, with
 * %DRM_EXEC_INTERRUPTIBLE_WAIT; -ENOMEM.
 */
int drm_exec_lock_obj(struct drm_exec *exec, struct drm_gem_object *obj)
{
	int err = ngv_exec_add(exec, obj);

	return ngv_exec_forgives(exec, err) ? 0 : err;
}
EXPORT_SYMBOL(drm_exec_lock_obj);

/**
 * drm_exec_unlock_obj - unlocks an object and takes it out of the set
 * @exec: the set
 * @obj: an object in it; any other is ignored
 *
 * Quick for the objects locked last, slow for the others.
 *
 * Context: process context; the caller has a reference to @obj if it still wants
 * it. The semantics are those of mainline 6.12.
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
 * @num_fences: number of fences that dma_resv_add_fence() will be called with
 *	for this object, at least 1
 *
 * Context: as drm_exec_lock_obj(). The semantics are those of mainline 6.12,
 * except that a duplicate stays locked where there is no memory for its fences.
 * Return: 0, or the errors of drm_exec_lock_obj(); after -ENOMEM the object has
 * not joined the set.
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
 * drm_exec_prepare_array - prepares objects up to the first that cannot be
 * @exec: the set, in a round
 * @objects: the objects; the caller has a reference to each
 * @num_objects: number of objects, may be 0
 * @num_fences: as for drm_exec_prepare_obj(), for each object
 *
 * Context: as drm_exec_lock_obj(). The semantics are those of mainline 6.12.
 * Return: 0, or the error of the first object that failed; those before it are
 * in the set.
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
