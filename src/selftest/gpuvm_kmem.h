/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_KMEM_H
#define GPUVM_KMEM_H

#include <linux/types.h>

/**
 * struct gt_kmem - slab allocations of one task in a window
 * @allocs: number of allocations, including failed ones
 * @failed: number of allocations that were made to fail
 * @leaked: number of allocations of the window that it did not free
 * @missed: number of lost probe hits; if not 0, the other counters are wrong
 */
struct gt_kmem {
	unsigned int allocs;
	unsigned int failed;
	unsigned int leaked;
	unsigned int missed;
};

/* Other values of @fail_at than the number of an allocation */
#define GT_KMEM_NONE	0
#define GT_KMEM_ALL	(-1)

int gt_kmem_attach(void);
void gt_kmem_detach(void);
void gt_kmem_begin(int fail_at);
void gt_kmem_end(struct gt_kmem *result);

#endif
