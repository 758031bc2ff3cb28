// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// A table that maps addresses of the kernel's structures to data that belongs to them.
//
// Drop with the last file that uses it.

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include <ngv-beside.h>

#define NGV_BESIDE_BITS	10

static struct ngv_beside_bucket {
	struct hlist_head list;
	spinlock_t lock;	/* protects @list */
} ngv_beside_table[1 << NGV_BESIDE_BITS] = {
	[0 ... (1 << NGV_BESIDE_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(ngv_beside_table.lock),
	},
};

static struct ngv_beside_bucket *ngv_beside_bucket(const void *owner)
{
	return &ngv_beside_table[hash_ptr(owner, NGV_BESIDE_BITS)];
}

static struct ngv_beside *ngv_beside_look(struct ngv_beside_bucket *bucket,
					  const void *owner)
{
	struct ngv_beside *beside;

	hlist_for_each_entry(beside, &bucket->list, link)
		if (beside->owner == owner)
			return beside;
	return NULL;
}

/**
 * ngv_beside_find() - looks up the data that belongs to a structure
 * @owner: address of the structure
 *
 * The caller makes sure that no other thread takes the data out.  Process context.
 *
 * Return: the data, or NULL.
 */
struct ngv_beside *ngv_beside_find(const void *owner)
{
	struct ngv_beside_bucket *bucket = ngv_beside_bucket(owner);
	struct ngv_beside *beside;

	spin_lock(&bucket->lock);
	beside = ngv_beside_look(bucket, owner);
	spin_unlock(&bucket->lock);
	return beside;
}

/**
 * ngv_beside_add() - adds data that belongs to a structure
 * @beside: the data, with &ngv_beside.drop set
 * @owner: address of the structure
 *
 * Process context.
 *
 * Return: @beside, or the data that the table has already.
 */
struct ngv_beside *ngv_beside_add(struct ngv_beside *beside, const void *owner)
{
	struct ngv_beside_bucket *bucket = ngv_beside_bucket(owner);
	struct ngv_beside *old;

	spin_lock(&bucket->lock);
	old = ngv_beside_look(bucket, owner);
	if (!old) {
		beside->owner = owner;
		hlist_add_head(&beside->link, &bucket->list);
	}
	spin_unlock(&bucket->lock);
	return old ?: beside;
}

/**
 * ngv_beside_take() - takes the data of a structure out of the table
 * @owner: address of the structure
 *
 * Process context.
 *
 * Return: the data, which the caller frees, or NULL.
 */
struct ngv_beside *ngv_beside_take(const void *owner)
{
	struct ngv_beside_bucket *bucket = ngv_beside_bucket(owner);
	struct ngv_beside *beside;

	spin_lock(&bucket->lock);
	beside = ngv_beside_look(bucket, owner);
	if (beside)
		hlist_del(&beside->link);
	spin_unlock(&bucket->lock);
	return beside;
}

/* Frees the data of structures that the kernel freed without our functions. */
static void __exit ngv_beside_exit(void)
{
	struct ngv_beside_bucket *bucket;
	struct ngv_beside *beside;
	struct hlist_node *next;

	for (bucket = ngv_beside_table;
	     bucket < ngv_beside_table + ARRAY_SIZE(ngv_beside_table); bucket++)
		hlist_for_each_entry_safe(beside, next, &bucket->list, link)
			beside->drop(beside);
}

module_exit(ngv_beside_exit);
