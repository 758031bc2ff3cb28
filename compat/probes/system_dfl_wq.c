// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do the system's work queues say whether they are bound to processors, system_dfl_wq and system_percpu_wq?
// Since: v6.17 (stable kernels took it back to v6.12)
// Export: system_dfl_wq system_percpu_wq
// Absent: system_dfl_wq system_percpu_wq
#include <linux/workqueue.h>

bool probe(struct work_struct *work);
bool probe(struct work_struct *work)
{
	return queue_work(system_dfl_wq, work) || queue_work(system_percpu_wq, work);
}
