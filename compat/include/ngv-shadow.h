/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A table for data that newer kernels keep in their own structures, for kernels whose
 * structures have no room.
 */
#ifndef NGV_SHADOW_H
#define NGV_SHADOW_H

#include <linux/list.h>

/**
 * struct ngv_shadow - header of data that belongs to a structure
 * @link: link in the table
 * @owner: address of the structure
 * @drop: frees the data after it is taken out of the table
 */
struct ngv_shadow {
	struct hlist_node link;
	const void *owner;
	void (*drop)(struct ngv_shadow *shadow);
};

struct ngv_shadow *ngv_shadow_find(const void *owner);
struct ngv_shadow *ngv_shadow_add(struct ngv_shadow *shadow, const void *owner);
struct ngv_shadow *ngv_shadow_take(const void *owner);

#endif
