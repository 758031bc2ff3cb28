// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The address space with which the suites compare a VM: one simple array

#include "gpuvm_oracle.h"

/**
 * gt_oracle_new() - allocates an empty address space
 * @t: the case that owns it
 * @start: first address
 * @unit: addresses for each page
 * @pages: number of pages
 *
 * Return: the oracle.
 */
struct gt_oracle *gt_oracle_new(struct ktap *t, u64 start, u64 unit, u32 pages)
{
	struct gt_oracle *m = ktap_kzalloc(t, struct_size(m, page, pages));

	m->start = start;
	m->unit = unit;
	m->pages = pages;
	return m;
}

void gt_oracle_clear(struct gt_oracle *m)
{
	memset(m->page, 0, m->pages * sizeof(m->page[0]));
}

/**
 * gt_oracle_run() - gets the extent of the mapping at a page
 * @m: the oracle
 * @page: a page
 * @first: set to the first page of the mapping, or of the free space
 *
 * Return: number of pages of the mapping or free space.
 */
u32 gt_oracle_run(const struct gt_oracle *m, u32 page, u32 *first)
{
	u32 id = m->page[page].id, from = page, to = page;

	while (from && m->page[from - 1].id == id)
		from--;
	while (to + 1 < m->pages && m->page[to + 1].id == id)
		to++;
	*first = from;
	return to - from + 1;
}

static bool gt_req_has(const struct gt_req *req, u32 page)
{
	return page >= req->first && page - req->first < req->count;
}

/* Returns the @count pages from @first on as one span. */
static struct gt_span gt_oracle_span(const struct gt_oracle *m, u32 first,
				     u32 count)
{
	return (struct gt_span){
		.there = true,
		.addr = gt_oracle_addr(m, first),
		.range = count * m->unit,
		.obj = m->obj[m->page[first].bo],
		.offset = m->page[first].offset,
	};
}

/*
 * Returns whether every page of the mapping has the same memory before and after the
 * request.
 */
static bool gt_oracle_keep(const struct gt_oracle *m, const struct gt_req *req,
			   u32 first, u32 count)
{
	u32 page;

	if (!req->bo)
		return false;
	for (page = first; page < first + count; page++) {
		u64 offset = req->offset +
			     (u64)(page - req->first) * m->unit;

		if (!gt_req_has(req, page))
			continue;
		if (m->page[page].bo != req->bo ||
		    m->page[page].offset != offset)
			return false;
	}
	return true;
}

static void gt_oracle_expect(const struct gt_oracle *m, const struct gt_req *req,
			     bool map, struct gt_log *want)
{
	u32 page = req->first;

	while (page < req->first + req->count) {
		u32 first, count, before = 0, after = 0, i;
		struct gt_step *step;

		if (!m->page[page].id) {
			page++;
			continue;
		}
		count = gt_oracle_run(m, page, &first);
		for (i = first; i < first + count; i++) {
			before += i < req->first;
			after += i >= req->first + req->count;
		}

		step = gt_log_next(want);
		step->type = before || after ? DRM_GPUVA_OP_REMAP :
					       DRM_GPUVA_OP_UNMAP;
		step->old = gt_oracle_span(m, first, count);
		step->keep = map && gt_oracle_keep(m, req, first, count);
		if (before)
			step->prev = gt_oracle_span(m, first, before);
		if (after)
			step->next = gt_oracle_span(m, first + count - after,
						    after);
		if (before || after) {
			step->hole.there = true;
			step->hole.addr = gt_oracle_addr(m, first + before);
			step->hole.range = (count - before - after) * m->unit;
		}
		page = first + count;
	}
}

/**
 * gt_oracle_expect_map() - adds the expected ops of a map request
 * @m: the oracle before the request
 * @req: the request
 * @want: gets the ops
 */
void gt_oracle_expect_map(const struct gt_oracle *m, const struct gt_req *req,
			  struct gt_log *want)
{
	struct gt_step *step;

	gt_oracle_expect(m, req, true, want);
	step = gt_log_next(want);
	step->type = DRM_GPUVA_OP_MAP;
	step->map = (struct gt_span){
		.there = true,
		.addr = gt_oracle_addr(m, req->first),
		.range = req->count * m->unit,
		.obj = m->obj[req->bo],
		.offset = req->offset,
	};
}

/**
 * gt_oracle_expect_unmap() - adds the expected ops of an unmap request
 * @m: the oracle before the request
 * @req: the request
 * @want: gets the ops
 */
void gt_oracle_expect_unmap(const struct gt_oracle *m, const struct gt_req *req,
			    struct gt_log *want)
{
	gt_oracle_expect(m, req, false, want);
}

/**
 * gt_oracle_expect_prefetch() - adds the expected ops of a prefetch request
 * @m: the oracle
 * @req: the request
 * @want: gets the ops
 */
void gt_oracle_expect_prefetch(const struct gt_oracle *m,
			       const struct gt_req *req, struct gt_log *want)
{
	u32 page = req->first, first, count;

	while (page < req->first + req->count) {
		struct gt_step *step;

		count = gt_oracle_run(m, page, &first);
		if (m->page[page].id) {
			step = gt_log_next(want);
			step->type = DRM_GPUVA_OP_PREFETCH;
			step->old = gt_oracle_span(m, first, count);
		}
		page = first + count;
	}
}

/**
 * gt_oracle_unmap() - frees pages
 * @m: the oracle
 * @req: the pages
 *
 * The part of a mapping above the pages becomes another mapping.
 */
void gt_oracle_unmap(struct gt_oracle *m, const struct gt_req *req)
{
	u32 last = req->first + req->count - 1, page = last;
	u32 id = m->page[last].id;

	if (id) {
		m->ids++;
		while (++page < m->pages && m->page[page].id == id)
			m->page[page].id = m->ids;
	}
	for (page = req->first; page <= last; page++)
		m->page[page] = (struct gt_page){};
}

/**
 * gt_oracle_map() - adds a mapping
 * @m: the oracle
 * @req: the pages and the object
 */
void gt_oracle_map(struct gt_oracle *m, const struct gt_req *req)
{
	u32 i;

	gt_oracle_unmap(m, req);
	m->ids++;
	for (i = 0; i < req->count; i++) {
		m->page[req->first + i] = (struct gt_page){
			.id = m->ids,
			.bo = req->bo,
			.offset = req->offset + i * m->unit,
		};
	}
}

/* Returns the first page of a mapping from @page on, or m->pages. */
static u32 gt_oracle_seek(const struct gt_oracle *m, u32 page)
{
	while (page < m->pages && !m->page[page].id)
		page++;
	return page;
}

/**
 * gt_oracle_matches() - compares a VM with the oracle and fails the case if they differ
 * @t: the case
 * @m: the oracle
 * @vm: the VM
 *
 * Return: true if both have the same mappings.
 */
bool gt_oracle_matches(struct ktap *t, const struct gt_oracle *m,
		       struct drm_gpuvm *vm)
{
	u32 page = gt_oracle_seek(m, 0), first, count;
	struct drm_gpuva *va;

	drm_gpuvm_for_each_va(va, vm) {
		struct gt_span want;

		if (va == &vm->kernel_alloc_node)
			continue;
		if (page == m->pages) {
			ktap_fail(t, "mapping 0x%llx+0x%llx should not be there",
				  va->va.addr, va->va.range);
			return false;
		}
		count = gt_oracle_run(m, page, &first);
		want = gt_oracle_span(m, first, count);
		if (va->va.addr != want.addr || va->va.range != want.range ||
		    va->gem.obj != want.obj || va->gem.offset != want.offset ||
		    va->vm != vm) {
			ktap_fail(t, "0x%llx+0x%llx at 0x%llx, should be 0x%llx+0x%llx at 0x%llx",
				  va->va.addr, va->va.range, va->gem.offset,
				  want.addr, want.range, want.offset);
			return false;
		}
		page = gt_oracle_seek(m, first + count);
	}
	if (page != m->pages) {
		ktap_fail(t, "nothing at 0x%llx, should be a mapping",
			  gt_oracle_addr(m, page));
		return false;
	}
	return true;
}
