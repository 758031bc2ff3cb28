// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Where the driver owns its shrinkers, do they have names?
// Since: v6.0 ("mm: shrinkers: provide shrinkers with names"); gone in v6.7, see shrinker_alloc()
// Export: register_shrinker
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/shrinker.h>

int probe(struct shrinker *shrinker);
int probe(struct shrinker *shrinker)
{
	return register_shrinker(shrinker, "%s", "probe");
}
