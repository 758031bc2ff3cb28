// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a work item be kept from being queued, disable_work_sync()?
// Since: v6.10 86898fa6b8cd ("workqueue: Implement disable/enable for (delayed) work items")
// Export: disable_work_sync
// Absent: disable_work_sync
#include <linux/workqueue.h>

bool probe(struct work_struct *work);
bool probe(struct work_struct *work)
{
	return disable_work_sync(work);
}
