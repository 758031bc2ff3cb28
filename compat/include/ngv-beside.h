/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What a newer kernel keeps inside of its own structures, kept beside them where
 * they have no room for it.
 */
#ifndef NGV_BESIDE_H
#define NGV_BESIDE_H

#include <linux/list.h>

/**
 * struct ngv_beside - head of what is kept beside something
 * @link: place in the table
 * @owner: address of what it belongs to
 * @drop: frees it, after it was taken out of the table
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
