// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are shrinkers allocated by the core, shrinker_alloc() and shrinker_register()?
// Since: v6.7 c42d50aefd17 ("mm: shrinker: add infrastructure for dynamically allocating shrinker")
// Export: shrinker_alloc shrinker_register shrinker_free
// Absent: shrinker_alloc
#include <linux/shrinker.h>

int probe(void *private_data);
int probe(void *private_data)
{
	struct shrinker *s = shrinker_alloc(0, "%s", "probe");

	if (!s)
		return -ENOMEM;
	s->private_data = private_data;
	shrinker_register(s);
	shrinker_free(s);
	return 0;
}
