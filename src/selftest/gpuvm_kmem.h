/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_KMEM_H
#define GPUVM_KMEM_H

#include <linux/types.h>

/**
 * struct gt_kmem - what the slab allocator did for one task inside a window
 * @allocs: allocations that were asked for, the failed ones included
 * @failed: how many of them were made to fail
 * @leaked: allocated in the window and not freed in it
 * @missed: probe hits that got lost; not zero: the other figures mean nothing
 */
struct gt_kmem {
	unsigned int allocs;
	unsigned int failed;
	unsigned int leaked;
	unsigned int missed;
};

/* Values of @fail_at besides "the n-th, counted from 1". */
#define GT_KMEM_NONE	0
#define GT_KMEM_ALL	(-1)

int gt_kmem_attach(void);
void gt_kmem_detach(void);
void gt_kmem_begin(int fail_at);
void gt_kmem_end(struct gt_kmem *result);

#endif
