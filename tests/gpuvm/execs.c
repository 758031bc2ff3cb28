// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What drm_exec does, ours and mainline's, one by one: execs NAME prints "right" or
// "wrong".  The tests know what each prints.

#include <drm/drm_exec.h>

#define OBJS	4

static struct drm_device drm;
static struct drm_gem_object objs[OBJS + 1];
static unsigned int freed, freed_locked;

static void obj_free(struct drm_gem_object *obj)
{
	unsigned int i;

	freed++;
	/* The driver's callback may take any of these locks. */
	for (i = 0; i <= OBJS; i++)
		if (objs[i].resv && dma_resv_held(objs[i].resv)) {
			freed_locked++;
			return;
		}
}

static const struct drm_gem_object_funcs funcs = { .free = obj_free };

static void init(void)
{
	unsigned int i;

	memset(objs, 0, sizeof(objs));
	freed = 0;
	freed_locked = 0;
	for (i = 0; i <= OBJS; i++) {
		objs[i].funcs = &funcs;
		/* The last two share a dma-resv. */
		if (i == OBJS)
			objs[i].resv = objs[OBJS - 1].resv;
		drm_gem_private_object_init(&drm, &objs[i], 0);
	}
}

/* The test's references go while the set holds locks and references of its own. */
static void put_used(unsigned int used)
{
	for (unsigned int i = 0; i <= OBJS; i++)
		if (used >> i & 1)
			drm_gem_object_put(&objs[i]);
}

enum leave { AT_THE_END, IN_THE_MIDDLE, IN_A_THIRD_ROUND, WITH_ITS_TWIN };

/*
 * Locks objects after contention for @lost, which is locked in the second round and not
 * asked for by its name, and leaves in different ways.
 */
static bool frees_unlocked_after(unsigned int lost, enum leave how)
{
	unsigned int used = 1 << 0 | 1 << 1 | 1 << lost, round = 0;
	struct drm_exec exec;

	init();
	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		drm_exec_lock_obj(&exec, &objs[0]);
		drm_exec_lock_obj(&exec, &objs[1]);
		if (!round++) {
			kernel_contended = objs[lost].resv;
			drm_exec_lock_obj(&exec, &objs[lost]);
			drm_exec_retry_on_contention(&exec);
			return false;
		}
		if (round == 2 && how == IN_A_THIRD_ROUND) {
			used |= 1 << 2;
			kernel_contended = objs[2].resv;
			put_used(1 << lost);
			drm_exec_lock_obj(&exec, &objs[2]);
			drm_exec_retry_on_contention(&exec);
			return false;
		}
		if (how == WITH_ITS_TWIN) {
			used |= 1 << (OBJS - 1);
			if (drm_exec_lock_obj(&exec, &objs[OBJS - 1]))
				return false;
		}
		put_used(how == IN_A_THIRD_ROUND ? used & ~(1 << lost) : used);
		if (how == IN_THE_MIDDLE)
			break;
	}
	drm_exec_fini(&exec);
	return freed == (unsigned int)__builtin_popcount(used) && !freed_locked;
}

/* Nothing is freed while the set holds a lock. */
static bool frees_unlocked(void)
{
	return frees_unlocked_after(OBJS - 1, AT_THE_END) &
	       frees_unlocked_after(OBJS - 1, IN_THE_MIDDLE) &
	       frees_unlocked_after(OBJS - 1, IN_A_THIRD_ROUND) &
	       frees_unlocked_after(OBJS, WITH_ITS_TWIN);
}

/*
 * A signal ends the wait for the contended object.  The ticket stays, so that what the
 * caller has locked with it stays locked by it.
 */
static bool ticket_stays(void)
{
	unsigned long stamp = 0, mine = 0;
	unsigned int round = 0;
	struct drm_exec exec;
	int err = 0, again;

	init();
	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	kernel_contended = objs[1].resv;
	drm_exec_until_all_locked(&exec) {
		stamp = exec.ticket.stamp;
		if (round++) {
			/* Another object, outside the set. */
			if (dma_resv_lock(objs[3].resv, &exec.ticket))
				return false;
			kernel_interrupted = objs[1].resv;
		}
		err = drm_exec_lock_obj(&exec, &objs[0]);
		if (err == -EINTR)
			break;
		err = drm_exec_lock_obj(&exec, &objs[1]);
		drm_exec_retry_on_contention(&exec);
		return false;
	}
	mine = exec.ticket.stamp;
	/* As for the ticket's locks. */
	again = dma_resv_lock(objs[3].resv, &exec.ticket);
	if (err != -EINTR || mine != stamp || again != -EALREADY || exec.ticket.acquired != 1)
		return false;
	dma_resv_unlock(objs[3].resv);
	drm_exec_fini(&exec);
	return kref_read(&objs[1].refcount) == 1 && kref_read(&objs[0].refcount) == 1;
}

static const struct {
	const char *name;
	bool (*right)(void);
} tests[] = {
	{ "frees-unlocked", frees_unlocked },
	{ "ticket-stays", ticket_stays },
};

int main(int argc, char **argv)
{
	kref_init(&drm.ref);
	for (unsigned int i = 0; argc == 2 && i < ARRAY_SIZE(tests); i++) {
		if (strcmp(argv[1], tests[i].name))
			continue;
		puts(tests[i].right() ? "right" : "wrong");
		return 0;
	}
	fprintf(stderr, "execs: give one of the names that execs.c has\n");
	return 2;
}
