/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_MODEL_H
#define GPUVM_MODEL_H

#include "gpuvm_util.h"

#define GT_MODEL_BOS 4

/**
 * struct gt_page - one page of the model's address space
 * @id: ID of its mapping; 0 means free
 * @bo: object of the mapping, an index into &gt_model.obj
 * @offset: offset in the object
 */
struct gt_page {
	u32 id;
	u32 bo;
	u64 offset;
};

/**
 * struct gt_model - an address space as an array of pages
 * @start: first address
 * @unit: addresses for each page
 * @pages: number of pages
 * @ids: number of mappings made so far
 * @obj: objects by index; index 0 stands for no object
 * @page: the pages
 *
 * The model has no intervals and finds the expected ops page by page, so that it does
 * not share mistakes with the implementation.
 */
struct gt_model {
	u64 start;
	u64 unit;
	u32 pages;
	u32 ids;
	struct drm_gem_object *obj[GT_MODEL_BOS];
	struct gt_page page[];
};

/**
 * struct gt_req - a request, in pages
 * @first: first page
 * @count: number of pages
 * @bo: object of a map request, an index into &gt_model.obj
 * @offset: offset of the first page in the object
 */
struct gt_req {
	u32 first;
	u32 count;
	u32 bo;
	u64 offset;
};

static inline u64 gt_model_addr(const struct gt_model *m, u32 page)
{
	return m->start + page * m->unit;
}

struct gt_model *gt_model_new(struct ktap *t, u64 start, u64 unit, u32 pages);
void gt_model_clear(struct gt_model *m);
void gt_model_map(struct gt_model *m, const struct gt_req *req);
void gt_model_unmap(struct gt_model *m, const struct gt_req *req);
void gt_model_expect_map(const struct gt_model *m, const struct gt_req *req,
			 struct gt_log *want);
void gt_model_expect_unmap(const struct gt_model *m, const struct gt_req *req,
			   struct gt_log *want);
void gt_model_expect_prefetch(const struct gt_model *m,
			      const struct gt_req *req, struct gt_log *want);
bool gt_model_matches(struct ktap *t, const struct gt_model *m,
		      struct drm_gpuvm *vm);
u32 gt_model_run(const struct gt_model *m, u32 page, u32 *first);

#endif
