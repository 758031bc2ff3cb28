// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a workqueue take the lockdep map of its creator (with lockdep only)?
// Since: v6.12 ec0a7d44b358 ("workqueue: Add interface for user-defined workqueue lockdep map")
#include <linux/workqueue.h>

struct workqueue_struct *probe(struct lockdep_map *map);
struct workqueue_struct *probe(struct lockdep_map *map)
{
	return alloc_ordered_workqueue_lockdep_map("%s", WQ_MEM_RECLAIM, map, "probe");
}
