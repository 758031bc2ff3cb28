/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_ORACLE_H
#define GPUVM_ORACLE_H

#include "gpuvm_util.h"

#define GT_ORACLE_BOS 4

/**
 * struct gt_page - one page of the oracle's address space
 * @id: ID of its mapping; 0 means free
 * @bo: object of the mapping, an index into &gt_oracle.obj
 * @offset: offset in the object
 */
struct gt_page {
	u32 id;
	u32 bo;
	u64 offset;
};

/**
 * struct gt_oracle - an address space as an array of pages
 * @start: first address
 * @unit: addresses for each page
 * @pages: number of pages
 * @ids: number of mappings made so far
 * @obj: objects by index; index 0 stands for no object
 * @page: the pages
 *
 * The oracle has no intervals and finds the expected ops page by page, so that it does
 * not share mistakes with the implementation.
 */
struct gt_oracle {
	u64 start;
	u64 unit;
	u32 pages;
	u32 ids;
	struct drm_gem_object *obj[GT_ORACLE_BOS];
	struct gt_page page[];
};

/**
 * struct gt_req - a request, in pages
 * @first: first page
 * @count: number of pages
 * @bo: object of a map request, an index into &gt_oracle.obj
 * @offset: offset of the first page in the object
 */
struct gt_req {
	u32 first;
	u32 count;
	u32 bo;
	u64 offset;
};

static inline u64 gt_oracle_addr(const struct gt_oracle *m, u32 page)
{
	return m->start + page * m->unit;
}

struct gt_oracle *gt_oracle_new(struct ktap *t, u64 start, u64 unit, u32 pages);
void gt_oracle_clear(struct gt_oracle *m);
void gt_oracle_map(struct gt_oracle *m, const struct gt_req *req);
void gt_oracle_unmap(struct gt_oracle *m, const struct gt_req *req);
void gt_oracle_expect_map(const struct gt_oracle *m, const struct gt_req *req,
			  struct gt_log *want);
void gt_oracle_expect_unmap(const struct gt_oracle *m, const struct gt_req *req,
			    struct gt_log *want);
void gt_oracle_expect_prefetch(const struct gt_oracle *m,
			       const struct gt_req *req, struct gt_log *want);
bool gt_oracle_matches(struct ktap *t, const struct gt_oracle *m,
		       struct drm_gpuvm *vm);
u32 gt_oracle_run(const struct gt_oracle *m, u32 page, u32 *first);

#endif
