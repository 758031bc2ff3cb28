// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does a work queue that is bound to processors say so, WQ_PERCPU?
// Since: v6.18 (stable kernels took it back to v6.12)
// Absent: WQ_PERCPU
#include <linux/workqueue.h>

unsigned int probe(void);
unsigned int probe(void)
{
	return WQ_PERCPU;
}
