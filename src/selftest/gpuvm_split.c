// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of split and merge: the ops of a request, and their effects

#include "gpuvm_oracle.h"
#include "suites.h"

/* Names of objects in the tables */
enum { NO = 0, A, B };

/* An oracle with two objects, and a VM of the same size */
struct split {
	struct gt *gt;
	struct gt_oracle *m;
	struct drm_gpuvm *vm;
	struct gt_walk walk;
	struct gt_log have;
	struct gt_log want;
};

static struct split *split_new(struct ktap *t, u64 start, u64 unit, u32 pages)
{
	struct gt_vm_args args = { .start = start, .range = pages * unit };
	struct split *s = ktap_kzalloc(t, sizeof(*s));

	s->gt = to_gt(t);
	s->m = gt_oracle_new(t, start, unit, pages);
	s->m->obj[A] = gt_extobj(s->gt);
	s->m->obj[B] = gt_extobj(s->gt);
	s->vm = gt_vm(s->gt, &args);
	s->walk.gt = s->gt;
	s->walk.vm = s->vm;
	return s;
}

/* Adds a mapping to oracle and VM without a split by the tested code. */
static void split_put(struct split *s, const struct gt_req *req)
{
	gt_oracle_map(s->m, req);
	gt_va_insert(s->gt, s->vm, gt_oracle_addr(s->m, req->first),
		     req->count * s->m->unit, s->m->obj[req->bo], req->offset);
}

static void split_reset(struct split *s)
{
	gt_vm_clear(s->vm);
	gt_oracle_clear(s->m);
}

static struct drm_gpuva_ops *split_ops(struct split *s, bool map,
				       const struct gt_req *req)
{
	u64 addr = gt_oracle_addr(s->m, req->first);
	u64 range = req->count * s->m->unit;

	if (map)
		return drm_gpuvm_sm_map_ops_create(s->vm, addr, range,
						   s->m->obj[req->bo],
						   req->offset);
	return drm_gpuvm_sm_unmap_ops_create(s->vm, addr, range);
}

static int split_cb(struct split *s, bool map, const struct gt_req *req)
{
	u64 addr = gt_oracle_addr(s->m, req->first);
	u64 range = req->count * s->m->unit;

	s->walk.calls = 0;
	if (map)
		return drm_gpuvm_sm_map(s->vm, &s->walk, addr, range,
					s->m->obj[req->bo], req->offset);
	return drm_gpuvm_sm_unmap(s->vm, &s->walk, addr, range);
}

static void split_expect(struct split *s, bool map, const struct gt_req *req)
{
	s->want.count = 0;
	if (map)
		gt_oracle_expect_map(s->m, req, &s->want);
	else
		gt_oracle_expect_unmap(s->m, req, &s->want);
}

/* Compares the ops list of a request with the expected ops. */
static bool split_check_list(struct split *s, bool map,
			     const struct gt_req *req, bool apply)
{
	struct drm_gpuva_ops *ops = split_ops(s, map, req);
	bool ok;

	if (IS_ERR(ops)) {
		ktap_fail(s->gt->t, "no ops: %ld", PTR_ERR(ops));
		return false;
	}
	s->have.count = 0;
	gt_log_ops(&s->have, ops);
	ok = gt_log_same(s->gt->t, &s->have, &s->want);
	if (ok && apply)
		gt_apply_ops(&s->walk, ops);
	drm_gpuva_ops_free(s->vm, ops);
	return ok;
}

static bool split_check_cb(struct split *s, bool map, const struct gt_req *req,
			   bool apply)
{
	int ret;

	s->have.count = 0;
	s->walk.log = &s->have;
	s->walk.apply = apply;
	ret = split_cb(s, map, req);
	s->walk.log = NULL;
	if (ret) {
		ktap_fail(s->gt->t, "callbacks: %d", ret);
		return false;
	}
	return gt_log_same(s->gt->t, &s->have, &s->want);
}

/* --- by table: the shapes the documentation draws, and some more --------- */

static const struct shape {
	const char *what;
	struct gt_req old[3];
	struct gt_req req;	/* NO at offset U64_MAX: unmap */
	unsigned int remaps;
	unsigned int unmaps;
	unsigned int keeps;
} shapes[] = {
	/* In pages; offsets too, which are converted to bytes. */
	{ "nothing there",
	  {}, { 2, 4, A, 0 }, 0, 0, 0 },
	{ "identical",
	  { { 2, 4, A, 8 } }, { 2, 4, A, 8 }, 0, 1, 1 },
	{ "identical but for the offset",
	  { { 2, 4, A, 8 } }, { 2, 4, A, 9 }, 0, 1, 0 },
	{ "identical but for the object",
	  { { 2, 4, A, 8 } }, { 2, 4, B, 8 }, 0, 1, 0 },
	{ "identical, no object",
	  { { 2, 4, NO, 8 } }, { 2, 4, NO, 8 }, 0, 1, 0 },
	{ "object replaced by none",
	  { { 2, 4, A, 8 } }, { 2, 4, NO, 8 }, 0, 1, 0 },
	{ "none replaced by object",
	  { { 2, 4, NO, 8 } }, { 2, 4, A, 8 }, 0, 1, 0 },
	{ "left part of the new one, contiguous",
	  { { 2, 4, A, 8 } }, { 2, 6, A, 8 }, 0, 1, 1 },
	{ "left part of the new one, other object",
	  { { 2, 4, A, 8 } }, { 2, 6, B, 8 }, 0, 1, 0 },
	{ "new is its left part, contiguous",
	  { { 2, 6, A, 8 } }, { 2, 3, A, 8 }, 1, 0, 1 },
	{ "new is its left part, other object",
	  { { 2, 6, A, 8 } }, { 2, 3, B, 8 }, 1, 0, 0 },
	{ "new is its left part, other offset",
	  { { 2, 6, A, 8 } }, { 2, 3, A, 7 }, 1, 0, 0 },
	{ "new is its right part, contiguous",
	  { { 2, 6, A, 8 } }, { 5, 3, A, 11 }, 1, 0, 1 },
	{ "new is its right part, other object",
	  { { 2, 6, A, 8 } }, { 5, 3, B, 11 }, 1, 0, 0 },
	{ "new is its right part, other offset",
	  { { 2, 6, A, 8 } }, { 5, 3, A, 8 }, 1, 0, 0 },
	{ "new reaches past its end, contiguous",
	  { { 2, 4, A, 8 } }, { 4, 4, A, 10 }, 1, 0, 1 },
	{ "new reaches past its end, other object",
	  { { 2, 4, A, 8 } }, { 4, 4, B, 10 }, 1, 0, 0 },
	{ "new is its middle, contiguous",
	  { { 2, 6, A, 8 } }, { 4, 2, A, 10 }, 1, 0, 1 },
	{ "new is its middle, other object",
	  { { 2, 6, A, 8 } }, { 4, 2, B, 10 }, 1, 0, 0 },
	{ "new is its middle, other offset",
	  { { 2, 6, A, 8 } }, { 4, 2, A, 8 }, 1, 0, 0 },
	{ "new is the middle of none",
	  { { 2, 6, NO, 8 } }, { 4, 2, NO, 10 }, 1, 0, 0 },
	{ "right part of the new one, contiguous",
	  { { 4, 4, A, 10 } }, { 2, 6, A, 8 }, 0, 1, 1 },
	{ "right part of the new one, other offset",
	  { { 4, 4, A, 9 } }, { 2, 6, A, 8 }, 0, 1, 0 },
	{ "middle of the new one, contiguous",
	  { { 4, 2, A, 10 } }, { 2, 6, A, 8 }, 0, 1, 1 },
	{ "middle of the new one, other object",
	  { { 4, 2, B, 10 } }, { 2, 6, A, 8 }, 0, 1, 0 },
	{ "new reaches into its beginning, contiguous",
	  { { 4, 4, A, 10 } }, { 2, 4, A, 8 }, 1, 0, 1 },
	{ "new reaches into its beginning, other object",
	  { { 4, 4, B, 10 } }, { 2, 4, A, 8 }, 1, 0, 0 },
	{ "new reaches into its beginning, offset would be negative",
	  { { 4, 4, A, 0 } }, { 2, 4, A, 8 }, 1, 0, 0 },
	{ "cuts one on each side and swallows one",
	  { { 0, 3, A, 0 }, { 4, 2, B, 5 }, { 7, 3, A, 7 } },
	  { 2, 6, A, 2 }, 2, 1, 2 },
	{ "swallows three with gaps",
	  { { 1, 1, A, 1 }, { 4, 1, A, 4 }, { 8, 1, A, 9 } },
	  { 0, 10, A, 0 }, 0, 3, 2 },
	{ "replaces three that touch",
	  { { 1, 3, A, 1 }, { 4, 1, B, 4 }, { 5, 2, NO, 0 } },
	  { 1, 6, NO, 0 }, 0, 3, 0 },
	{ "touches neighbours and leaves them alone",
	  { { 0, 2, A, 0 }, { 6, 2, A, 6 } }, { 2, 4, A, 2 }, 0, 0, 0 },
	{ "cuts two that touch inside the new one",
	  { { 0, 5, A, 0 }, { 5, 5, B, 5 } }, { 3, 4, A, 3 }, 2, 0, 1 },
	{ "unmaps nothing",
	  { { 0, 2, A, 0 }, { 6, 2, A, 6 } }, { 2, 4, NO, -1 }, 0, 0, 0 },
	{ "unmaps exactly",
	  { { 2, 4, A, 2 } }, { 2, 4, NO, -1 }, 0, 1, 0 },
	{ "unmaps more than there is",
	  { { 2, 4, A, 2 } }, { 0, 10, NO, -1 }, 0, 1, 0 },
	{ "unmaps the beginning",
	  { { 2, 4, A, 2 } }, { 1, 2, NO, -1 }, 1, 0, 0 },
	{ "unmaps the end",
	  { { 2, 4, A, 2 } }, { 4, 3, NO, -1 }, 1, 0, 0 },
	{ "unmaps the middle",
	  { { 2, 4, A, 2 } }, { 3, 2, NO, -1 }, 1, 0, 0 },
	{ "unmaps end, whole and beginning",
	  { { 0, 3, A, 0 }, { 4, 2, B, 5 }, { 7, 3, NO, 0 } },
	  { 2, 6, NO, -1 }, 2, 1, 0 },
};

static bool is_unmap(const struct gt_req *req)
{
	return req->offset == U64_MAX;
}

static struct gt_req in_bytes(const struct gt_req *req)
{
	struct gt_req bytes = *req;

	bytes.offset *= PAGE;
	return bytes;
}

/* The table has the expected number of ops of each type. */
static void shape_counts(struct ktap *t, const struct shape *shape,
			 const struct gt_log *log)
{
	unsigned int remaps = 0, unmaps = 0, keeps = 0, maps = 0, i;

	for (i = 0; i < log->count; i++) {
		remaps += log->step[i].type == DRM_GPUVA_OP_REMAP;
		unmaps += log->step[i].type == DRM_GPUVA_OP_UNMAP;
		maps += log->step[i].type == DRM_GPUVA_OP_MAP;
		keeps += log->step[i].keep;
	}
	if (remaps != shape->remaps || unmaps != shape->unmaps ||
	    keeps != shape->keeps || maps != !is_unmap(&shape->req))
		ktap_fail(t, "%s: %u remaps, %u unmaps, %u keeps, %u maps",
			  shape->what, remaps, unmaps, keeps, maps);
}

static void shape_run(struct ktap *t, struct split *s,
		      const struct shape *shape)
{
	struct gt_req req = in_bytes(&shape->req);
	bool map = !is_unmap(&shape->req);
	unsigned int form, i;

	for (form = 0; form < 2; form++) {
		for (i = 0; i < ARRAY_SIZE(shape->old); i++) {
			struct gt_req old = in_bytes(&shape->old[i]);

			if (old.count)
				split_put(s, &old);
		}
		split_expect(s, map, &req);
		if (form ? !split_check_cb(s, map, &req, true) :
			   !split_check_list(s, map, &req, true))
			ktap_fail(t, "that was: %s", shape->what);
		shape_counts(t, shape, &s->have);
		if (map)
			gt_oracle_map(s->m, &req);
		else
			gt_oracle_unmap(s->m, &req);
		if (!gt_oracle_matches(t, s->m, s->vm))
			ktap_fail(t, "that was: %s", shape->what);
		split_reset(s);
	}
}

static void shapes_by_table(struct ktap *t)
{
	struct split *s = split_new(t, START, PAGE, 10);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		shape_run(t, s, &shapes[i]);
}

/* --- every placement of up to three mappings in six places --------------- */

#define SIX 6

/* Objects and offsets of old mappings; the request maps {A, offset of the page}. */
static const struct kind {
	u32 bo;
	u64 shift;
} kinds[] = {
	{ A, 0 },	/* the same memory as the request */
	{ A, 1 },	/* the same object at another offset */
	{ B, 0 },
	{ NO, 0 },
};

struct universe {
	struct split *s;
	struct gt_req old[3];
	unsigned int count;
	unsigned int most;
	unsigned long requests;
	void (*visit)(struct universe *u);
};

static struct gt_req of_kind(const struct split *s, u32 first, u32 count,
			     const struct kind *kind)
{
	return (struct gt_req){
		.first = first,
		.count = count,
		.bo = kind->bo,
		.offset = (first + 1 + kind->shift) * s->m->unit,
	};
}

static void universe_put(struct universe *u)
{
	unsigned int i;

	for (i = 0; i < u->count; i++)
		split_put(u->s, &u->old[i]);
}

/* Tries all ways to add mappings from @from on. */
static void universe_fill(struct universe *u, u32 from)
{
	u32 first, last, k;

	if (atomic_read(&u->s->gt->t->failures))
		return;
	u->visit(u);
	if (u->count == u->most)
		return;
	for (first = from; first < SIX; first++) {
		for (last = first; last < SIX; last++) {
			for (k = 0; k < ARRAY_SIZE(kinds); k++) {
				u->old[u->count++] =
					of_kind(u->s, first, last - first + 1,
						&kinds[k]);
				universe_fill(u, last + 1);
				u->count--;
			}
		}
	}
}

/* Gets the ops of every request, but does not carry them out. */
static void visit_lists(struct universe *u)
{
	/* Unmap, map with object A, map without object; other requests are equivalent. */
	static const struct kind asked[] = { { NO, 0 }, { A, 0 }, { NO, 0 } };
	struct split *s = u->s;
	u32 first, last, k;

	universe_put(u);
	for (first = 0; first < SIX; first++) {
		for (last = first; last < SIX; last++) {
			for (k = 0; k < ARRAY_SIZE(asked); k++) {
				struct gt_req req = of_kind(s, first,
							    last - first + 1,
							    &asked[k]);

				split_expect(s, k, &req);
				split_check_list(s, k, &req, false);
				split_check_cb(s, k, &req, false);
				u->requests++;
			}
		}
	}
	split_reset(s);
	cond_resched();
}

/* Carries out every request. */
static void visit_apply(struct universe *u)
{
	struct split *s = u->s;
	struct gt_req req;
	u32 first, last, k;

	for (first = 0; first < SIX; first++) {
		for (last = first; last < SIX; last++) {
			for (k = 0; k < 4; k++) {
				bool map = k & 1, cb = k & 2;

				universe_put(u);
				req = of_kind(s, first, last - first + 1,
					      &kinds[0]);
				split_expect(s, map, &req);
				if (cb)
					split_check_cb(s, map, &req, true);
				else
					split_check_list(s, map, &req, true);
				if (map)
					gt_oracle_map(s->m, &req);
				else
					gt_oracle_unmap(s->m, &req);
				gt_oracle_matches(s->gt->t, s->m, s->vm);
				split_reset(s);
				u->requests++;
			}
		}
	}
	cond_resched();
}

static void universe_run(struct ktap *t, u64 start, u64 unit, unsigned int most,
			 void (*visit)(struct universe *u))
{
	struct universe *u = ktap_kzalloc(t, sizeof(*u));

	u->s = split_new(t, start, unit, SIX);
	u->visit = visit;
	u->most = most;
	universe_fill(u, 0);
	ktap_note(t, "%lu requests", u->requests);
}

static void every_request_of_six_pages(struct ktap *t)
{
	/* With KASAN, three mappings would take minutes. */
	universe_run(t, START, PAGE, IS_ENABLED(CONFIG_KASAN) ? 2 : 3,
		     visit_lists);
}

static void every_request_applied(struct ktap *t)
{
	universe_run(t, START, PAGE, 2, visit_apply);
}

/* Addresses have no unit: the same with a unit of 1, from address 0. */
static void every_request_in_units_of_one(struct ktap *t)
{
	universe_run(t, 0, 1, 2, visit_lists);
}

/* --- bounds and missing callbacks ---------------------------------------- */

static void outside_is_refused(struct ktap *t)
{
	static const struct gt_vm_args args = {
		.start = START, .range = 10 * PAGE,
		.kstart = START + 4 * PAGE, .krange = 2 * PAGE,
	};
	static const struct {
		u64 addr;
		u64 range;
	} bad[] = {
		{ START - PAGE, PAGE },
		{ START - PAGE, 2 * PAGE },
		{ START + 9 * PAGE, 2 * PAGE },
		{ START + 10 * PAGE, PAGE },
		{ START, 10 * PAGE },
		{ START + 3 * PAGE, 2 * PAGE },
		{ START + 5 * PAGE, 2 * PAGE },
		{ START + 4 * PAGE, 2 * PAGE },
		{ U64_MAX - PAGE + 1, PAGE },
		{ START, U64_MAX },
		{ START + PAGE, -PAGE },
	};
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &args);
	struct gt_log *log = ktap_kzalloc(t, sizeof(*log));
	struct gt_walk walk = { .gt = gt, .vm = vm, .log = log };
	struct drm_gpuva_ops *ops;
	unsigned int i;

	gt_va_insert(gt, vm, START, PAGE, NULL, 0);
	gt_va_insert(gt, vm, START + 9 * PAGE, PAGE, NULL, 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		u64 addr = bad[i].addr, range = bad[i].range;

		ktap_expect_eq(t, drm_gpuvm_sm_map(vm, &walk, addr, range,
						   NULL, 0), -EINVAL);
		ktap_expect_eq(t, drm_gpuvm_sm_unmap(vm, &walk, addr, range),
			       -EINVAL);
		ops = drm_gpuvm_sm_map_ops_create(vm, addr, range, NULL, 0);
		ktap_expect_ptr_eq(t, ops, ERR_PTR(-EINVAL));
		ops = drm_gpuvm_sm_unmap_ops_create(vm, addr, range);
		ktap_expect_ptr_eq(t, ops, ERR_PTR(-EINVAL));
	}
	ktap_expect_eq(t, log->count, 0);
}

static void empty_request_is_refused(struct ktap *t)
{
	struct split *s = split_new(t, START, PAGE, 10);
	struct gt_req put = { 2, 4, A, 0 };
	u32 i;

	if (gt_differs(t, GT_DIFF_ZERO_RANGE))
		return;
	split_put(s, &put);
	s->walk.log = &s->have;
	for (i = 0; i < 10; i++) {
		struct gt_req req = { i, 0, A, 0 };

		ktap_expect_eq(t, split_cb(s, true, &req), -EINVAL);
		ktap_expect_eq(t, split_cb(s, false, &req), -EINVAL);
		ktap_expect_ptr_eq(t, split_ops(s, true, &req),
				   ERR_PTR(-EINVAL));
		ktap_expect_ptr_eq(t, split_ops(s, false, &req),
				   ERR_PTR(-EINVAL));
	}
	ktap_expect_eq(t, s->have.count, 0);
}

static int never_called(struct drm_gpuva_op *op, void *priv)
{
	struct ktap *t = priv;

	ktap_fail(t, "a callback although one is missing");
	return 0;
}

static void missing_callbacks(struct ktap *t)
{
	struct drm_gpuvm_ops *fn = ktap_kzalloc(t, 4 * sizeof(*fn));
	struct gt_vm_args args = { .start = START, .range = 10 * PAGE };
	struct drm_gpuva_ops *ops;
	struct drm_gpuvm *vm;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		fn[i] = gt_bare_ops;
		fn[i].sm_step_map = i == 1 ? NULL : never_called;
		fn[i].sm_step_remap = i == 2 ? NULL : never_called;
		fn[i].sm_step_unmap = i == 3 ? NULL : never_called;
		args.ops = i ? &fn[i] : &gt_bare_ops;
		vm = gt_vm(to_gt(t), &args);
		ktap_expect_eq(t, drm_gpuvm_sm_map(vm, t, START, PAGE, NULL, 0),
			       -EINVAL);
		/* An unmap request does not need the map callback. */
		ktap_expect_eq(t, drm_gpuvm_sm_unmap(vm, t, START, PAGE),
			       i == 1 ? 0 : -EINVAL);

		/* Lists need no callbacks. */
		ops = drm_gpuvm_sm_map_ops_create(vm, START, PAGE, NULL, 0);
		ktap_assert_ptr(t, ops);
		ktap_expect_eq(t, drm_gpuva_first_op(ops)->op,
			       DRM_GPUVA_OP_MAP);
		drm_gpuva_ops_free(vm, ops);
		ops = drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE);
		ktap_assert_ptr(t, ops);
		ktap_expect(t, list_empty(&ops->list));
		drm_gpuva_ops_free(vm, ops);
	}
}

/* --- errors -------------------------------------------------------------- */

/* Five mappings; a request over all of them gives 2 remaps, 3 unmaps and 1 map. */
static struct split *split_five(struct ktap *t)
{
	struct split *s = split_new(t, START, PAGE, 16);
	static const struct gt_req five[] = {
		{ 0, 4, A, 0 },
		{ 4, 2, B, 0 },
		{ 7, 1, NO, 0 },
		{ 8, 2, A, 0 },
		{ 10, 6, B, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(five); i++)
		split_put(s, &five[i]);
	return s;
}

static const struct gt_req over_five = { 2, 10, A, 0 };

static void callback_error_ends_the_walk(struct ktap *t)
{
	static const int errs[] = { -EINVAL, -ENOMEM, -EINTR, -EDEADLK };
	struct split *s = split_five(t);
	unsigned int map, e;

	for (map = 0; map < 2; map++) {
		for (e = 0; e < ARRAY_SIZE(errs); e++) {
			unsigned int calls = 5 + map, at;

			s->walk.err = errs[e];
			for (at = 1; at <= calls; at++) {
				s->walk.fail_at = at;
				ktap_expect_eq(t, split_cb(s, map, &over_five),
					       errs[e]);
				ktap_expect_eq(t, s->walk.calls, at);
			}
			s->walk.fail_at = calls + 1;
			ktap_expect_eq(t, split_cb(s, map, &over_five), 0);
			ktap_expect_eq(t, s->walk.calls, calls);
		}
	}
	gt_oracle_matches(t, s->m, s->vm);
}

/* Steps before the error stay done; other mappings do not change. */
static void callback_error_keeps_what_is_done(struct ktap *t)
{
	struct split *s = split_five(t);
	struct gt_req gone = { 2, 6, NO, 0 };

	s->walk.apply = true;
	s->walk.err = -EIO;
	s->walk.fail_at = 4;	/* after a remap and two unmaps */
	ktap_expect_eq(t, split_cb(s, true, &over_five), -EIO);
	gt_oracle_unmap(s->m, &gone);
	gt_oracle_matches(t, s->m, s->vm);
}

static void op_alloc_error(struct ktap *t)
{
	struct split *s = split_five(t);
	struct gt *gt = to_gt(t);
	struct drm_gpuva_ops *ops;
	unsigned int map, at, calls;

	for (map = 0; map < 2; map++) {
		gt->op_fail_at = 0;
		gt->op_calls = 0;
		ops = split_ops(s, map, &over_five);
		ktap_assert_ptr(t, ops);
		calls = gt->op_calls;
		ktap_expect_eq(t, calls, 5 + map);
		ktap_expect_eq(t, atomic_read(&gt->ops), calls);
		drm_gpuva_ops_free(s->vm, ops);
		ktap_expect_eq(t, atomic_read(&gt->ops), 0);

		for (at = 1; at <= calls; at++) {
			gt->op_calls = 0;
			gt->op_fail_at = at;
			ops = split_ops(s, map, &over_five);
			ktap_expect_ptr_eq(t, ops, ERR_PTR(-ENOMEM));
			ktap_expect_eq(t, gt->op_calls, at);
			ktap_expect_eq(t, atomic_read(&gt->ops), 0);
		}
	}
	gt->op_fail_at = 0;
	gt_oracle_matches(t, s->m, s->vm);
}

/* --- lists --------------------------------------------------------------- */

static void lists_walk_both_ways(struct ktap *t)
{
	struct split *s = split_five(t);
	struct drm_gpuva_ops *ops = split_ops(s, true, &over_five);
	struct drm_gpuva_op *op, *next, *seen[8];
	unsigned int n = 0;

	ktap_assert_ptr(t, ops);
	drm_gpuva_for_each_op(op, ops) {
		ktap_assert(t, n < ARRAY_SIZE(seen));
		seen[n++] = op;
	}
	ktap_assert_eq(t, n, 6);
	ktap_expect_ptr_eq(t, drm_gpuva_first_op(ops), seen[0]);
	ktap_expect_ptr_eq(t, drm_gpuva_last_op(ops), seen[5]);
	ktap_expect_ptr_eq(t, drm_gpuva_next_op(seen[2]), seen[3]);
	ktap_expect_ptr_eq(t, drm_gpuva_prev_op(seen[2]), seen[1]);
	drm_gpuva_for_each_op_reverse(op, ops)
		ktap_expect_ptr_eq(t, op, seen[--n]);
	ktap_expect_eq(t, n, 0);
	/* Drivers unwind so: undo from the op before the failed one. */
	op = seen[3];
	n = 4;
	drm_gpuva_for_each_op_from_reverse(op, ops)
		ktap_expect_ptr_eq(t, op, seen[--n]);
	ktap_expect_eq(t, n, 0);
	drm_gpuva_for_each_op_safe(op, next, ops)
		ktap_expect_ptr_eq(t, op, seen[n++]);
	ktap_expect_eq(t, n, 6);
	drm_gpuva_ops_free(s->vm, ops);
}

static void hole_of_a_remap(struct ktap *t)
{
	struct drm_gpuva *va = gt_va_new(to_gt(t), 10, 20, NULL, 0);
	struct drm_gpuva_op_map prev = { .va = { .addr = 10, .range = 4 } };
	struct drm_gpuva_op_map next = { .va = { .addr = 25, .range = 5 } };
	struct drm_gpuva_op_unmap unmap = { .va = va };
	struct drm_gpuva_op_remap remap = { .unmap = &unmap };
	u64 addr = 0, range = 0;

	remap.prev = &prev;
	drm_gpuva_op_remap_to_unmap_range(&remap, &addr, &range);
	ktap_expect_eq(t, addr, 14);
	ktap_expect_eq(t, range, 16);
	remap.next = &next;
	drm_gpuva_op_remap_to_unmap_range(&remap, &addr, &range);
	ktap_expect_eq(t, addr, 14);
	ktap_expect_eq(t, range, 11);
	remap.prev = NULL;
	drm_gpuva_op_remap_to_unmap_range(&remap, &addr, NULL);
	drm_gpuva_op_remap_to_unmap_range(&remap, NULL, &range);
	ktap_expect_eq(t, addr, 10);
	ktap_expect_eq(t, range, 15);
	drm_gpuva_op_remap_to_unmap_range(&remap, NULL, NULL);
	gt_va_free(va);
}

/* Replaces a mapping of ten addresses with the given ones. */
static struct drm_gpuvm *remapped(struct ktap *t, struct drm_gpuva *old,
				  struct drm_gpuva *prev, u64 prev_addr,
				  struct drm_gpuva *next, u64 next_addr)
{
	struct gt_vm_args args = { .start = 0, .range = 100 };
	struct drm_gpuvm *vm = gt_vm_new(to_gt(t), &args);
	struct drm_gpuva_op_map p = { .va = { .addr = prev_addr, .range = 2 } };
	struct drm_gpuva_op_map n = { .va = { .addr = next_addr, .range = 3 } };
	struct drm_gpuva_op_unmap unmap = { .va = old };
	struct drm_gpuva_op_remap remap = {
		.prev = prev ? &p : NULL,
		.next = next ? &n : NULL,
		.unmap = &unmap,
	};

	drm_gpuva_init(old, 50, 10, NULL, 0);
	ktap_expect_eq(t, drm_gpuva_insert(vm, old), 0);
	drm_gpuva_remap(prev, next, &remap);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, prev_addr, 2), prev);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, next_addr, 3), next);
	ktap_expect(t, !drm_gpuva_find(vm, 50, 10));
	return vm;
}

/* Drivers may change the parts of a remap, and reuse the old mapping's memory. */
static void remap_of_the_drivers_own(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuva *old = gt_va_blank(gt);
	struct drm_gpuva *a = gt_va_blank(gt), *b = gt_va_blank(gt);
	const struct {
		struct drm_gpuva *prev;
		u64 prev_addr;
		struct drm_gpuva *next;
		u64 next_addr;
	} way[] = {
		{ NULL, 50, NULL, 57 },
		{ a, 50, NULL, 57 },
		{ NULL, 50, b, 57 },
		{ a, 50, b, 57 },
		{ old, 50, NULL, 57 },
		{ NULL, 50, old, 57 },
		{ old, 50, b, 57 },
		{ a, 50, old, 57 },
		/*
		 * Parts that are not at the edges of the old mapping, or are outside of
		 * it
		 */
		{ a, 52, b, 54 },
		{ a, 48, b, 60 },
		{ a, 20, b, 80 },
		{ a, 80, b, 20 },
		{ a, 49, NULL, 57 },
		{ NULL, 50, b, 58 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(way); i++) {
		struct drm_gpuvm *vm = remapped(t, old, way[i].prev,
						way[i].prev_addr, way[i].next,
						way[i].next_addr);
		struct drm_gpuva *va, *after;

		drm_gpuvm_for_each_va_safe(va, after, vm)
			ktap_expect(t, va == way[i].prev || va == way[i].next);
		/* The last part holds the last reference to the VM. */
		drm_gpuvm_put(vm);
		ktap_expect_eq(t, atomic_read(&gt->vms),
			       way[i].prev || way[i].next);
		if (way[i].prev)
			drm_gpuva_remove(way[i].prev);
		ktap_expect_eq(t, atomic_read(&gt->vms), !!way[i].next);
		if (way[i].next)
			drm_gpuva_remove(way[i].next);
		ktap_expect_eq(t, atomic_read(&gt->vms), 0);
	}
	gt_va_free(old);
	gt_va_free(a);
	gt_va_free(b);
}

/* A driver may free a mapping before it frees the ops. */
static void ops_outlive_the_mappings(struct ktap *t)
{
	struct split *s = split_five(t);
	struct drm_gpuva_ops *ops = split_ops(s, false, &over_five);
	struct drm_gpuva_op *op;
	unsigned int n = 0;

	ktap_assert_ptr(t, ops);
	drm_gpuva_for_each_op(op, ops) {
		gt_apply(&s->walk, op);
		n++;
	}
	ktap_expect_eq(t, n, 5);
	gt_vm_clear(s->vm);
	drm_gpuva_ops_free(s->vm, ops);
	ktap_expect_eq(t, atomic_read(&to_gt(t)->ops), 0);
}

static void prefetch_ops(struct ktap *t)
{
	struct split *s = split_five(t);
	struct drm_gpuva_ops *ops;
	u32 first, count;

	for (first = 0; first < s->m->pages; first++) {
		for (count = 1; first + count <= s->m->pages; count++) {
			struct gt_req req = { first, count };
			u64 addr = gt_oracle_addr(s->m, first);

			ops = drm_gpuvm_prefetch_ops_create(s->vm, addr, count * PAGE);
			ktap_assert_ptr(t, ops);
			s->have.count = 0;
			s->want.count = 0;
			gt_log_ops(&s->have, ops);
			gt_oracle_expect_prefetch(s->m, &req, &s->want);
			gt_log_same(t, &s->have, &s->want);
			drm_gpuva_ops_free(s->vm, ops);
		}
	}
	/* In bytes rather than pages: the edges of a mapping */
	ops = drm_gpuvm_prefetch_ops_create(s->vm, START + 6 * PAGE - 1, 1);
	ktap_assert_ptr(t, ops);
	ktap_expect_eq(t, drm_gpuva_first_op(ops)->prefetch.va->va.addr,
		       START + 4 * PAGE);
	drm_gpuva_ops_free(s->vm, ops);
	ops = drm_gpuvm_prefetch_ops_create(s->vm, START + 6 * PAGE, PAGE);
	ktap_assert_ptr(t, ops);
	ktap_expect(t, list_empty(&ops->list));
	drm_gpuva_ops_free(s->vm, ops);
}

static void prefetch_op_alloc_error(struct ktap *t)
{
	struct split *s = split_five(t);
	struct gt *gt = to_gt(t);
	struct drm_gpuva_ops *ops;
	unsigned int at;

	for (at = 1; at <= 5; at++) {
		gt->op_calls = 0;
		gt->op_fail_at = at;
		ops = drm_gpuvm_prefetch_ops_create(s->vm, START, 16 * PAGE);
		ktap_expect_ptr_eq(t, ops, ERR_PTR(-ENOMEM));
		ktap_expect_eq(t, atomic_read(&gt->ops), 0);
	}
	gt->op_fail_at = 0;
}

/* Split and merge with linked mappings, as drivers use them */
static void linked_mappings_follow(struct ktap *t)
{
	struct split *s = split_new(t, START, PAGE, 16);
	struct gt *gt = to_gt(t);
	struct drm_gem_object *a = s->m->obj[A], *b = s->m->obj[B];
	struct drm_gpuvm_bo *vm_bo;
	struct drm_gpuva *va;
	struct drm_exec exec;
	struct gt_req req;
	unsigned int n = 0;
	int ret;

	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		ret = drm_exec_lock_obj(&exec, a);
		drm_exec_retry_on_contention(&exec);
		if (!ret)
			ret = drm_exec_lock_obj(&exec, b);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;
	}
	ktap_expect_eq(t, ret, 0);
	s->walk.linked = true;
	s->walk.apply = true;

	req = (struct gt_req){ 0, 16, A, 0 };
	ktap_expect_eq(t, split_cb(s, true, &req), 0);
	gt_oracle_map(s->m, &req);
	req = (struct gt_req){ 4, 4, B, 0 };
	ktap_expect_eq(t, split_cb(s, true, &req), 0);
	gt_oracle_map(s->m, &req);
	gt_oracle_matches(t, s->m, s->vm);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 2);

	vm_bo = drm_gpuvm_bo_find(s->vm, a);
	if (ktap_expect(t, vm_bo)) {
		drm_gpuvm_bo_for_each_va(va, vm_bo) {
			ktap_expect_ptr_eq(t, va->vm_bo, vm_bo);
			ktap_expect_ptr_eq(t, va->gem.obj, a);
			n++;
		}
		ktap_expect_eq(t, n, 2);
		ktap_expect(t, !drm_gpuvm_bo_put(vm_bo));
	}

	/* Unlinking the last mapping of an object frees its vm_bo. */
	req = (struct gt_req){ 3, 6, NO, 0 };
	ktap_expect_eq(t, split_cb(s, false, &req), 0);
	gt_oracle_unmap(s->m, &req);
	gt_oracle_matches(t, s->m, s->vm);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
	ktap_expect(t, !drm_gpuvm_bo_find(s->vm, b));
	req = (struct gt_req){ 0, 16, NO, 0 };
	ktap_expect_eq(t, split_cb(s, false, &req), 0);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);

	gt_unlock(&exec);
}

static void bo_unmap(struct ktap *t)
{
	struct gt_vm_args args = { .start = START, .range = 16 * PAGE };
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &args), *other = gt_vm(gt, &args);
	struct drm_gem_object *obj = gt_extobj(gt), *obj2 = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, obj);
	struct gt_walk walk = { .gt = gt, .vm = vm, .linked = true };
	struct drm_gpuva_ops *ops;
	struct drm_gpuva_op *op;
	struct drm_exec exec;
	unsigned int i, n = 0;
	u64 seen = 0;

	gt_lock(gt, &exec, vm, obj);
	ops = drm_gpuvm_bo_unmap_ops_create(vm_bo);
	if (ktap_expect(t, !IS_ERR(ops))) {
		ktap_expect(t, list_empty(&ops->list));
		drm_gpuva_ops_free(vm, ops);
	}
	gt_unlock(&exec);

	for (i = 0; i < 5; i++)
		gt_va_link(gt, vm, START + 2 * i * PAGE, PAGE, obj, 0);
	gt_va_link(gt, vm, START + PAGE, PAGE, obj2, 0);
	gt_va_link(gt, other, START, PAGE, obj, 0);

	gt_lock(gt, &exec, vm, obj);
	for (i = 1; i <= 5; i++) {
		gt->op_calls = 0;
		gt->op_fail_at = i;
		ops = drm_gpuvm_bo_unmap_ops_create(vm_bo);
		ktap_expect_ptr_eq(t, ops, ERR_PTR(-ENOMEM));
		ktap_expect_eq(t, atomic_read(&gt->ops), 0);
	}
	gt->op_fail_at = 0;
	ops = drm_gpuvm_bo_unmap_ops_create(vm_bo);
	if (ktap_expect(t, !IS_ERR(ops))) {
		drm_gpuva_for_each_op(op, ops) {
			ktap_expect_eq(t, op->op, DRM_GPUVA_OP_UNMAP);
			ktap_expect_ptr_eq(t, op->unmap.va->vm, vm);
			ktap_expect_ptr_eq(t, op->unmap.va->gem.obj, obj);
			ktap_expect(t, !op->unmap.keep);
			seen |= BIT_ULL((op->unmap.va->va.addr - START) / PAGE);
			n++;
		}
		ktap_expect_eq(t, n, 5);
		ktap_expect_eq(t, seen, 0x155);
		gt_apply_ops(&walk, ops);
		drm_gpuva_ops_free(vm, ops);
	}
	gt_unlock(&exec);

	ktap_expect(t, gt_put(gt, vm_bo));
	ktap_expect(t, drm_gpuva_find(vm, START + PAGE, PAGE));
	ktap_expect(t, drm_gpuva_find(other, START, PAGE));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, PAGE));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START + 2 * PAGE,
						14 * PAGE));
}

static const struct ktap_case gpuvm_split_cases[] = {
	KTAP_CASE(shapes_by_table),
	GT_LONG_CASE(every_request_of_six_pages),
	GT_LONG_CASE(every_request_applied),
	GT_LONG_CASE(every_request_in_units_of_one),
	KTAP_CASE(outside_is_refused),
	KTAP_CASE(empty_request_is_refused),
	KTAP_CASE(missing_callbacks),
	KTAP_CASE(callback_error_ends_the_walk),
	KTAP_CASE(callback_error_keeps_what_is_done),
	KTAP_CASE(op_alloc_error),
	KTAP_CASE(lists_walk_both_ways),
	KTAP_CASE(hole_of_a_remap),
	KTAP_CASE(remap_of_the_drivers_own),
	KTAP_CASE(ops_outlive_the_mappings),
	KTAP_CASE(prefetch_ops),
	KTAP_CASE(prefetch_op_alloc_error),
	KTAP_CASE(linked_mappings_follow),
	KTAP_CASE(bo_unmap),
	{}
};

const struct ktap_suite gpuvm_split_suite = {
	.name = "gpuvm_split",
	.init = gt_init,
	.cases = gpuvm_split_cases,
};
