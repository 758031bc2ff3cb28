// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Do the allocators that take a type have forms that fall back to vmalloc(), as kvzalloc_obj() does?
// Since: v7.0 (stable kernels took it back to v6.12)
#include <linux/slab.h>

int *probe(int **one, size_t count);
int *probe(int **one, size_t count)
{
	*one = kvzalloc_obj(**one);
	kvfree(kvmalloc_objs(int, count));
	kvfree(kvmalloc_obj(int));
	return kvzalloc_objs(int, count);
}
