/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef GPUVM_MODEL_H
#define GPUVM_MODEL_H

#include "gpuvm_util.h"

#define GT_MODEL_BOS 4

/**
 * struct gt_page - one place of the model's address space
 * @id: the mapping it belongs to; 0 means it is free
 * @bo: its object, an index into &gt_model.obj
 * @offset: place in the object
 */
struct gt_page {
	u32 id;
	u32 bo;
	u64 offset;
};

/**
 * struct gt_model - an address space as an array of places
 * @start: first address
 * @unit: addresses per place
 * @pages: places
 * @ids: mappings made so far
 * @obj: objects by index; index 0 stands for no object
 * @page: the places
 *
 * Knows nothing of intervals: what an op should be is read off place by place,
 * so that it does not share a mistake with what it judges.
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
 * struct gt_req - a request, in places
 * @first: first place
 * @count: places
 * @bo: object of a map request, an index into &gt_model.obj
 * @offset: where in the object the first place is
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
