/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A table for data that newer kernels keep in their own structures, for kernels whose
 * structures have no room.
 */
#ifndef NGV_BESIDE_H
#define NGV_BESIDE_H

#include <linux/list.h>

/**
 * struct ngv_beside - header of data that belongs to a structure
 * @link: link in the table
 * @owner: address of the structure
 * @drop: frees the data after it is taken out of the table
 */
struct ngv_beside {
	struct hlist_node link;
	const void *owner;
	void (*drop)(struct ngv_beside *beside);
};

struct ngv_beside *ngv_beside_find(const void *owner);
struct ngv_beside *ngv_beside_add(struct ngv_beside *beside, const void *owner);
struct ngv_beside *ngv_beside_take(const void *owner);

#endif
