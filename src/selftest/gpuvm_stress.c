// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Compares random requests with the oracle.  The seed is a parameter.

#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "gpuvm_oracle.h"
#include "suites.h"

static ulong seed = 20240612;
module_param_named(gpuvm_seed, seed, ulong, 0444);
MODULE_PARM_DESC(gpuvm_seed, "seed of the random GPUVM requests");

static uint requests = 20000;
module_param_named(gpuvm_requests, requests, uint, 0444);
MODULE_PARM_DESC(gpuvm_requests, "random GPUVM requests per case (default: 20000)");

struct stress {
	struct gt *gt;
	struct gt_oracle *m;
	struct drm_gpuvm *vm;
	struct rnd_state rnd;
	u32 longest;
	struct gt_walk walk;
	struct gt_log have;
	struct gt_log want;
};

static u32 below(struct stress *s, u32 limit)
{
	return prandom_u32_state(&s->rnd) % limit;
}

static struct gt_req random_req(struct stress *s)
{
	struct gt_req req = {};

	req.count = 1 + below(s, s->longest);
	req.first = below(s, s->m->pages - req.count + 1);
	req.bo = below(s, GT_ORACLE_BOS);
	/* Often the offset that continues the neighbours */
	req.offset = (below(s, 3) ? req.first : below(s, s->m->pages)) *
		     s->m->unit;
	return req;
}

/* The log does not keep more steps than this, so they cannot be compared. */
static bool fits(const struct gt_log *log)
{
	return log->count <= GT_LOG_STEPS;
}

static bool request_list(struct stress *s, bool map, const struct gt_req *req)
{
	u64 addr = gt_oracle_addr(s->m, req->first);
	u64 range = req->count * s->m->unit;
	struct drm_gpuva_ops *ops;

	if (map)
		ops = drm_gpuvm_sm_map_ops_create(s->vm, addr, range,
						  s->m->obj[req->bo],
						  req->offset);
	else
		ops = drm_gpuvm_sm_unmap_ops_create(s->vm, addr, range);
	if (IS_ERR(ops)) {
		ktap_fail(s->gt->t, "no ops: %ld", PTR_ERR(ops));
		return false;
	}
	gt_log_ops(&s->have, ops);
	gt_apply_ops(&s->walk, ops);
	drm_gpuva_ops_free(s->vm, ops);
	return true;
}

static bool request_cb(struct stress *s, bool map, const struct gt_req *req)
{
	u64 addr = gt_oracle_addr(s->m, req->first);
	u64 range = req->count * s->m->unit;
	int ret;

	s->walk.log = &s->have;
	s->walk.apply = true;
	if (map)
		ret = drm_gpuvm_sm_map(s->vm, &s->walk, addr, range,
				       s->m->obj[req->bo], req->offset);
	else
		ret = drm_gpuvm_sm_unmap(s->vm, &s->walk, addr, range);
	s->walk.log = NULL;
	return ktap_expect_eq(s->gt->t, ret, 0);
}

static bool request(struct stress *s)
{
	struct gt_req req = random_req(s);
	bool map = below(s, 8) > 2;

	s->have.count = 0;
	s->want.count = 0;
	if (map)
		gt_oracle_expect_map(s->m, &req, &s->want);
	else
		gt_oracle_expect_unmap(s->m, &req, &s->want);
	if (below(s, 2) ? !request_cb(s, map, &req) :
			  !request_list(s, map, &req))
		return false;
	if (map)
		gt_oracle_map(s->m, &req);
	else
		gt_oracle_unmap(s->m, &req);
	if (fits(&s->want))
		return gt_log_same(s->gt->t, &s->have, &s->want);
	return ktap_expect_eq(s->gt->t, s->have.count, s->want.count);
}

static bool is_run(const struct drm_gpuva *va, const struct gt_oracle *m,
		   u32 page)
{
	u32 first, count;

	if (!m->page[page].id)
		return !va;
	count = gt_oracle_run(m, page, &first);
	return va && va->va.addr == gt_oracle_addr(m, first) &&
	       va->va.range == count * m->unit;
}

static bool starts_here(const struct gt_oracle *m, u32 page)
{
	return !page || m->page[page].id != m->page[page - 1].id;
}

/* Looks up a random place in all ways. */
static bool query(struct stress *s)
{
	struct gt_oracle *m = s->m;
	u32 page = below(s, m->pages);
	u32 count = 1 + below(s, min_t(u32, m->pages - page, s->longest));
	u64 addr = gt_oracle_addr(m, page), range = count * m->unit;
	u32 first, length, hit = page;
	struct drm_gpuva *va;

	while (hit < page + count - 1 && !m->page[hit].id)
		hit++;
	va = drm_gpuva_find_first(s->vm, addr, range);
	if (!ktap_expect(s->gt->t, is_run(va, m, hit)) ||
	    !ktap_expect_eq(s->gt->t, !va,
			    drm_gpuvm_interval_empty(s->vm, addr, range)))
		return false;

	length = gt_oracle_run(m, page, &first);
	va = drm_gpuva_find(s->vm, gt_oracle_addr(m, first), length * m->unit);
	if (!ktap_expect(s->gt->t, is_run(va, m, page)))
		return false;
	if (length > 1)
		ktap_expect(s->gt->t, !drm_gpuva_find(s->vm, addr, m->unit));

	if (!starts_here(m, page))
		return true;
	va = drm_gpuva_find_next(s->vm, addr);
	if (!ktap_expect(s->gt->t, is_run(va, m, page)))
		return false;
	/* If no mapping precedes, find_prev() is tested elsewhere. */
	if (!page || !m->page[page - 1].id)
		return true;
	va = drm_gpuva_find_prev(s->vm, addr);
	return ktap_expect(s->gt->t, is_run(va, m, page - 1));
}

static void stress(struct ktap *t, u32 pages, u32 longest, u32 check_every)
{
	struct gt_vm_args args = { .start = START, .range = pages * PAGE };
	struct stress *s = ktap_kzalloc(t, sizeof(*s));
	struct drm_gpuva *va;
	unsigned int i, n = 0, most = 0;
	u32 bo;

	s->gt = to_gt(t);
	s->m = gt_oracle_new(t, START, PAGE, pages);
	for (bo = 1; bo < GT_ORACLE_BOS; bo++)
		s->m->obj[bo] = gt_extobj(s->gt);
	s->vm = gt_vm(s->gt, &args);
	s->walk.gt = s->gt;
	s->walk.vm = s->vm;
	s->longest = longest;
	prandom_seed_state(&s->rnd, seed);

	for (i = 0; i < requests; i++) {
		if (!request(s) || !query(s) || !query(s) ||
		    (i % check_every == 0 &&
		     !gt_oracle_matches(t, s->m, s->vm))) {
			ktap_fail(t, "request %u of seed %lu", i, seed);
			return;
		}
		most = max_t(unsigned int, most, atomic_read(&s->gt->mappings));
		if (i % 64 == 0)
			cond_resched();
	}
	gt_oracle_matches(t, s->m, s->vm);
	drm_gpuvm_for_each_va(va, s->vm)
		n++;
	ktap_expect_eq(t, n, atomic_read(&s->gt->mappings));
	ktap_note(t, "seed %lu: %u requests, up to %u mappings", seed, requests,
		  most);
}

static void crowded(struct ktap *t)
{
	stress(t, 64, 12, 1);
}

static void medium(struct ktap *t)
{
	stress(t, 2048, 16, 16);
}

/* Thousands of mappings give a tree with several levels. */
static void roomy(struct ktap *t)
{
	stress(t, 32768, 8, 1024);
}

static const struct ktap_case gpuvm_stress_cases[] = {
	GT_LONG_CASE(crowded),
	GT_LONG_CASE(medium),
	GT_LONG_CASE(roomy),
	{}
};

const struct ktap_suite gpuvm_stress_suite = {
	.name = "gpuvm_stress",
	.init = gt_init,
	.cases = gpuvm_stress_cases,
};
