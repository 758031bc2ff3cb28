/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.12; disable_work_sync() alone from v6.10. */
#ifndef NGV_COMPAT_LINUX_WORKQUEUE_H
#define NGV_COMPAT_LINUX_WORKQUEUE_H

#include_next <linux/workqueue.h>

#ifndef HAVE_DISABLE_WORK_SYNC
/**
 * disable_work_sync() - cancel a work item, here without disabling it
 * @work: the work item
 *
 * Nothing in these kernels keeps @work from being queued again.  Whoever calls
 * this must cancel it once more after its last source of wakeups has gone, and
 * the work function must bear to run until then; the import patches see to it.
 *
 * Process context, may sleep.  Semantics: cancel_work_sync().
 *
 * Return: whether @work was pending.
 */
static inline bool disable_work_sync(struct work_struct *work)
{
	return cancel_work_sync(work);
}
#endif

/* Exists with lockdep only, and is called with lockdep only. */
#if !defined(HAVE_ALLOC_ORDERED_WORKQUEUE_LOCKDEP_MAP) && defined(CONFIG_LOCKDEP)
/*
 * The map is shared to save lockdep keys, which are few.  Here every workqueue
 * has one of its own, and lockdep sees the more.
 */
#define alloc_ordered_workqueue_lockdep_map(fmt, flags, lockdep_map, args...)	\
	((void)(lockdep_map), alloc_ordered_workqueue(fmt, flags, ##args))
#endif

#endif
