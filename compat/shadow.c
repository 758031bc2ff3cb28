// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// A table that maps addresses of the kernel's structures to data that belongs to them.
//
// Drop with the last file that uses it.

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include <ngv-shadow.h>

#define NGV_SHADOW_BITS	10

static struct ngv_shadow_bucket {
	struct hlist_head list;
	spinlock_t lock;	/* protects @list */
} ngv_shadow_table[1 << NGV_SHADOW_BITS] = {
	[0 ... (1 << NGV_SHADOW_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(ngv_shadow_table.lock),
	},
};

static struct ngv_shadow_bucket *ngv_shadow_bucket(const void *owner)
{
	return &ngv_shadow_table[hash_ptr(owner, NGV_SHADOW_BITS)];
}

static struct ngv_shadow *ngv_shadow_look(struct ngv_shadow_bucket *bucket,
					  const void *owner)
{
	struct ngv_shadow *shadow;

	hlist_for_each_entry(shadow, &bucket->list, link)
		if (shadow->owner == owner)
			return shadow;
	return NULL;
}

/**
 * ngv_shadow_find() - looks up the data that belongs to a structure
 * @owner: address of the structure
 *
 * The caller makes sure that no other thread takes the data out.  Process context.
 *
 * Return: the data, or NULL.
 */
struct ngv_shadow *ngv_shadow_find(const void *owner)
{
	struct ngv_shadow_bucket *bucket = ngv_shadow_bucket(owner);
	struct ngv_shadow *shadow;

	spin_lock(&bucket->lock);
	shadow = ngv_shadow_look(bucket, owner);
	spin_unlock(&bucket->lock);
	return shadow;
}

/**
 * ngv_shadow_add() - adds data that belongs to a structure
 * @shadow: the data, with &ngv_shadow.drop set
 * @owner: address of the structure
 *
 * Process context.
 *
 * Return: @shadow, or the data that the table has already.
 */
struct ngv_shadow *ngv_shadow_add(struct ngv_shadow *shadow, const void *owner)
{
	struct ngv_shadow_bucket *bucket = ngv_shadow_bucket(owner);
	struct ngv_shadow *old;

	spin_lock(&bucket->lock);
	old = ngv_shadow_look(bucket, owner);
	if (!old) {
		shadow->owner = owner;
		hlist_add_head(&shadow->link, &bucket->list);
	}
	spin_unlock(&bucket->lock);
	return old ?: shadow;
}

/**
 * ngv_shadow_take() - takes the data of a structure out of the table
 * @owner: address of the structure
 *
 * Process context.
 *
 * Return: the data, which the caller frees, or NULL.
 */
struct ngv_shadow *ngv_shadow_take(const void *owner)
{
	struct ngv_shadow_bucket *bucket = ngv_shadow_bucket(owner);
	struct ngv_shadow *shadow;

	spin_lock(&bucket->lock);
	shadow = ngv_shadow_look(bucket, owner);
	if (shadow)
		hlist_del(&shadow->link);
	spin_unlock(&bucket->lock);
	return shadow;
}

/* Frees the data of structures that the kernel freed without our functions. */
static void __exit ngv_shadow_exit(void)
{
	struct ngv_shadow_bucket *bucket;
	struct ngv_shadow *shadow;
	struct hlist_node *next;

	for (bucket = ngv_shadow_table;
	     bucket < ngv_shadow_table + ARRAY_SIZE(ngv_shadow_table); bucket++)
		hlist_for_each_entry_safe(shadow, next, &bucket->list, link)
			shadow->drop(shadow);
}

module_exit(ngv_shadow_exit);
