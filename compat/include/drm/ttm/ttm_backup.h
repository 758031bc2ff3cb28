/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * In place of the imported header: nouveau never calls ttm_tt_setup_backup(), so no
 * buffer object of ours is ever backed up, and ttm_backup.c, which needs much of shmem,
 * is not imported.  These functions refuse.
 */
#ifndef NGV_COMPAT_DRM_TTM_BACKUP_H
#define NGV_COMPAT_DRM_TTM_BACKUP_H

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/mm_types.h>

struct file;
struct folio;

/* No page is a handle of a backup. */
static inline bool ttm_backup_page_ptr_is_handle(const struct page *page)
{
	return false;
}

static inline struct page *ttm_backup_handle_to_page_ptr(unsigned long handle)
{
	return NULL;
}

static inline unsigned long ttm_backup_page_ptr_to_handle(const struct page *page)
{
	return 0;
}

static inline struct file *ttm_backup_shmem_create(loff_t size)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline u64 ttm_backup_bytes_avail(void)
{
	return 0;
}

static inline s64 ttm_backup_backup_folio(struct file *backup, struct folio *folio,
					  unsigned int order, bool writeback, pgoff_t idx,
					  gfp_t folio_gfp, gfp_t alloc_gfp, pgoff_t *done)
{
	*done = 0;
	return -EOPNOTSUPP;
}

static inline int ttm_backup_copy_page(struct file *backup, struct page *dst, pgoff_t handle,
				       bool intr, gfp_t gfp)
{
	return -EOPNOTSUPP;
}

static inline void ttm_backup_drop(struct file *backup, pgoff_t handle)
{
}

static inline void ttm_backup_fini(struct file *backup)
{
}

#endif
