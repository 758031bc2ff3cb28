// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are there allocators that are told the type, kzalloc_obj() and the like?
// Since: v7.0 (stable kernels took it back to v6.12 and earlier)
#include <linux/slab.h>

struct probe {
	int count;
	int tail[];
};

struct probe *probe(void);
struct probe *probe(void)
{
	int *one = kzalloc_obj(*one), *two = kmalloc_objs(int, 2, GFP_ATOMIC);

	kfree(one);
	kfree(two);
	return kzalloc_flex(struct probe, tail, 2);
}
