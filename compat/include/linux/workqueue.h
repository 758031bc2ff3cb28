/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.18, where work queues say whether they are bound to processors;
 * disable_work_sync() from v6.10.
 */
#ifndef NGV_COMPAT_LINUX_WORKQUEUE_H
#define NGV_COMPAT_LINUX_WORKQUEUE_H

#include_next <linux/workqueue.h>

#ifndef HAVE_DISABLE_WORK_SYNC
/**
 * disable_work_sync() - cancels a work item, without disabling it
 * @work: the work item
 *
 * In these kernels @work may be queued again.  The caller must cancel @work again when
 * nothing can queue it any more, and the work function must tolerate a run until then;
 * the import patches make sure of both.
 *
 * Process context, may sleep.  Semantics: cancel_work_sync().
 *
 * Return: true if @work was pending.
 */
static inline bool disable_work_sync(struct work_struct *work)
{
	return cancel_work_sync(work);
}
#endif

/* Exists and is called only with lockdep. */
#if !defined(HAVE_ALLOC_ORDERED_WORKQUEUE_LOCKDEP_MAP) && defined(CONFIG_LOCKDEP)
/* A shared map saves lockdep keys.  Here every workqueue has its own map. */
#define alloc_ordered_workqueue_lockdep_map(fmt, flags, lockdep_map, args...)	\
	((void)(lockdep_map), alloc_ordered_workqueue(fmt, flags, ##args))
#endif

/* A queue without WQ_UNBOUND is bound to processors. */
#ifndef HAVE_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#ifndef HAVE_SYSTEM_DFL_WQ
#define system_dfl_wq		system_unbound_wq
#define system_percpu_wq	system_wq
#endif

#endif
