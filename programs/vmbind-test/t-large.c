// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings that may have pages of 64 KiB and 2 MiB (before Pascal 128 KiB), cut and
 * replaced at all distances from the borders of these pages. Nothing says which pages
 * a driver uses, so the tests hold for a driver with small pages alone, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmbind-test.h"

/* A window over three pages of 2 MiB. */
#define VA 0x40000000ull
#define PAGES 1536u
#define LARGE 512u		/* pages of 4 KiB in one of 2 MiB, */
#define BIG 16u			/* in one of 64 KiB */

enum { IN_VRAM, IN_VRAM_TOO, IN_GART, SMALL_IN_VRAM };

static const uint32_t domains[SHADOW_BOS] = { NV_VRAM, NV_VRAM, NV_GART, NV_VRAM | NV_GART };

/* Where a sparse region is possible, the window is one: what is unmapped has to read 0. */
static void window(struct shadow *w, struct channel *ch, struct stage *st)
{
	*ch = channel_new(client_open(), 0);
	*st = stage_new(ch->fd, MIB);
	shadow_init_of(w, ch, st, VA, PAGES, PAGES, domains);
	if (dev.sparse) {
		want(try_op(ch->fd, op_sparse(VA, PAGES * PAGE)), 0);
		w->sparse = true;
	}
}

/* Borders of pages of all sizes, and what is near them. */
static const unsigned int places[] = {
	0, 1, BIG - 1, BIG, BIG + 1, 2 * BIG, LARGE / 2, LARGE - BIG, LARGE - 1, LARGE,
	LARGE + 1, LARGE + BIG, LARGE + 3 * BIG + 5, 2 * LARGE - 1, 2 * LARGE,
	2 * LARGE + BIG - 1, 3 * LARGE - BIG, 3 * LARGE - 1, 3 * LARGE,
};

enum how { UNMAP, WITH_VRAM, WITH_GART, WITH_OTHER_OFFSET };

/* Maps all of the window with the largest pages, and cuts one range out. */
static void cut(struct shadow *w, unsigned int begin, unsigned int end, enum how how)
{
	struct nv_bind_op op;

	want(try_op(w->ch->fd, shadow_map(w, 0, IN_VRAM, 0, PAGES)), 0);
	if (how == UNMAP)
		op = shadow_unmap(w, begin, end - begin);
	else if (how == WITH_VRAM)
		op = shadow_map(w, begin, IN_VRAM_TOO, begin, end - begin);
	else if (how == WITH_GART)
		op = shadow_map(w, begin, IN_GART, begin, end - begin);
	else
		op = shadow_map(w, begin, IN_VRAM, (begin + 7) % (PAGES - (end - begin) + 1),
				end - begin);
	want(try_op(w->ch->fd, op), 0);
}

/* Reads the cut's surroundings alone, which is faster: a page of each size around it. */
static void check_around(struct shadow *w, unsigned int begin, unsigned int end)
{
	struct shadow part = *w;
	unsigned int from = begin < BIG + 2 ? 0 : begin - BIG - 2;
	unsigned int to = end + BIG + 2 > PAGES ? PAGES : end + BIG + 2;
	char what[80];

	if (to - from > 4 * BIG + 8) {
		part.at = w->at + from;
		part.va = w->va + from * PAGE;
		part.pages = 2 * BIG + 4;
		snprintf(what, sizeof(what), "where pages %u to %u begin", begin, end);
		shadow_check(&part, what);
		from = to - 2 * BIG - 4;
	}
	part.at = w->at + from;
	part.va = w->va + from * PAGE;
	part.pages = to - from;
	snprintf(what, sizeof(what), "around pages %u to %u", begin, end);
	shadow_check(&part, what);
}

static void cuts(enum how how)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i, k;

	window(&w, &ch, &st);
	for (i = 0; i + 1 < ARRAY_SIZE(places); i++) {
		for (k = i + 1; k < ARRAY_SIZE(places); k++) {
			debug("cuts pages %u to %u", places[i], places[k]);
			cut(&w, places[i], places[k], how);
			check_around(&w, places[i], places[k]);
		}
		shadow_check(&w, "the window after a cut");
	}
	want(try_op(ch.fd, shadow_unmap(&w, 0, PAGES)), 0);
	shadow_check(&w, "the window without a mapping");
}

static void cuts_unmap(void)
{
	cuts(UNMAP);
}

static void cuts_vram(void)
{
	cuts(WITH_VRAM);
}

static void cuts_gart(void)
{
	cuts(WITH_GART);
}

static void cuts_offset(void)
{
	cuts(WITH_OTHER_OFFSET);
}

/* Large pages over small ones and the reverse, nothing cut: all pairs of buffers. */
static void replace(void)
{
	static const struct {
		unsigned int page, count;
	} ranges[] = { { 0, BIG }, { 0, 2 * BIG }, { 0, LARGE }, { BIG, LARGE }, { 3, 5 } };
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i, from, to;

	window(&w, &ch, &st);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (from = 0; from < SHADOW_BOS; from++) {
			for (to = 0; to < SHADOW_BOS; to++) {
				unsigned int page = ranges[i].page, count = ranges[i].count;

				want(try_op(ch.fd, shadow_map(&w, page, from, page, count)), 0);
				want(try_op(ch.fd, shadow_map(&w, page, to, page, count)), 0);
				/* One page of another size in it, and all of it again. */
				want(try_op(ch.fd, shadow_map(&w, page, from, 0, 1)), 0);
				check_around(&w, page, page + count);
				want(try_op(ch.fd, shadow_map(&w, page, to, page, count)), 0);
				check_around(&w, page, page + count);
			}
		}
		want(try_op(ch.fd, shadow_unmap(&w, ranges[i].page, ranges[i].count)), 0);
		shadow_check(&w, "the window");
	}
}

/*
 * A mapping loses everything but some pages, range by range, while a channel copies
 * what stays. The first fault would end the channel.
 */
static void work_in_what_stays(enum how how)
{
	/* Beside borders, so that the pages around them are cut on one side or on both. */
	static const unsigned int keep[] = {
		2, BIG - 1, BIG, 3 * BIG + 7, LARGE - 1, LARGE, LARGE + BIG + 1,
		2 * LARGE - BIG, 3 * LARGE - 1,
	};
	struct channel ch, busy;
	struct stage st;
	struct shadow w;
	unsigned int turn, i, k;

	window(&w, &ch, &st);
	busy = channel_new(ch.fd, 1);
	for (turn = 0; turn < 6; turn++) {
		unsigned int first = turn % ARRAY_SIZE(keep);

		want(try_op(ch.fd, shadow_map(&w, 0, IN_VRAM, 0, PAGES)), 0);
		/* From the ranges behind the pages that stay, another one first each time */
		for (i = 0; i < ARRAY_SIZE(keep); i++) {
			unsigned int n = (first + i) % ARRAY_SIZE(keep);
			unsigned int begin = keep[n] + 1;
			unsigned int end = n + 1 < ARRAY_SIZE(keep) ? keep[n + 1] : PAGES;
			struct nv_bind_op op;

			for (k = 0; k < 60; k++)
				push_copy(&busy, st.va + k % 16 * PAGE,
					  VA + keep[(k + n) % ARRAY_SIZE(keep)] * PAGE, PAGE);
			submit(&busy, NULL, 0, NULL, 0);
			if (begin == end)
				continue;
			if (how == UNMAP)
				op = shadow_unmap(&w, begin, end - begin);
			else
				op = shadow_map(&w, begin, how == WITH_GART ? IN_GART : IN_VRAM_TOO,
						begin, end - begin);
			want(try_op(ch.fd, op), 0);
		}
		finish(&busy);
		shadow_check(&w, "what stayed, and what is in the place of the rest");
	}
}

static void busy_unmap(void)
{
	work_in_what_stays(UNMAP);
}

static void busy_vram(void)
{
	work_in_what_stays(WITH_VRAM);
}

static void busy_gart(void)
{
	work_in_what_stays(WITH_GART);
}

/*
 * A mapping grows: each new one covers the one before with the same memory, in pages of
 * another size. Work in the memory goes on.
 */
static void busy_same(void)
{
	static const struct {
		unsigned int page, end;
	} ranges[] = {
		{ 1, BIG }, { 1, LARGE }, { 0, LARGE }, { 0, LARGE + BIG }, { 0, 2 * LARGE + 5 },
		{ 0, PAGES - 1 }, { 0, PAGES },
	};
	struct channel ch, busy;
	struct stage st;
	struct shadow w;
	unsigned int turn, i, k;

	window(&w, &ch, &st);
	busy = channel_new(ch.fd, 1);
	for (turn = 0; turn < 6; turn++) {
		for (i = 0; i < ARRAY_SIZE(ranges); i++) {
			unsigned int page = ranges[i].page;

			want(try_op(ch.fd, shadow_map(&w, page, IN_VRAM, page,
						      ranges[i].end - page)), 0);
			for (k = 0; k < 60; k++)
				push_copy(&busy, st.va + k % 16 * PAGE,
					  VA + (1 + k % (BIG - 1)) * PAGE, PAGE);
			submit(&busy, NULL, 0, NULL, 0);
		}
		finish(&busy);
		shadow_check(&w, "a mapping that grew");
		want(try_op(ch.fd, shadow_unmap(&w, 0, PAGES)), 0);
		shadow_check(&w, "the window without the mapping");
	}
}

/* A bind that waits in the queue changes nothing that the GPU sees. */
static void queued(void)
{
	static const unsigned int at[] = {
		1, BIG, BIG + 5, LARGE - 1, LARGE, LARGE + BIG / 2, 2 * LARGE + 3 * BIG + 1,
	};
	static struct shadow_page before[PAGES];
	struct channel ch, gate;
	struct stage st;
	struct shadow w, was;
	unsigned int i;

	window(&w, &ch, &st);
	gate = channel_new(ch.fd, 1);
	for (i = 0; i < 4 * ARRAY_SIZE(at); i++) {
		unsigned int page = at[i / 4];
		/* In pages of 2 MiB, and of 64 KiB */
		unsigned int first = i & 2 ? BIG : 0;
		struct nv_sync opens = sync_binary(syncobj_new(ch.fd));
		struct nv_sync done = sync_binary(syncobj_new(ch.fd));
		volatile uint32_t *word = channel_word(&gate, 0);
		struct nv_bind_op op;

		want(try_op(ch.fd, shadow_map(&w, first, IN_VRAM, first,
					      PAGES - first)), 0);
		memcpy(before, w.at, sizeof(before));
		was = w;
		was.at = before;
		*word = 0;
		push_acquire(&gate, channel_word_va(&gate, 0), 1);
		submit(&gate, NULL, 0, &opens, 1);
		op = i % 2 ? shadow_map(&w, page, IN_GART, page, 1) : shadow_unmap(&w, page, 1);
		want(try_bind_async(ch.fd, &op, 1, &opens, 1, &done, 1), 0);
		check_around(&was, page, page + 1);
		*word = 1;
		syncobj_wait(ch.fd, done.handle);
		check_around(&w, page, page + 1);
		finish(&gate);
		syncobj_destroy(ch.fd, opens.handle);
		syncobj_destroy(ch.fd, done.handle);
	}
}

/* A random page; each second one is at the border of a larger page. */
static unsigned int random_page(void)
{
	unsigned int page = random_below(PAGES);

	switch (random_below(6)) {
	case 0: return page / LARGE * LARGE;
	case 1:
	case 2: return page / BIG * BIG;
	default: return page;
	}
}

static struct nv_bind_op random_op(struct shadow *w)
{
	unsigned int page = random_page(), end = random_page(), offset = page;

	if (end < page) {
		unsigned int other = end;

		end = page;
		page = other;
		offset = page;
	}
	end += end == page;
	if (random_below(4) == 0)
		return shadow_unmap(w, page, end - page);
	/* Half of the mappings could have large pages. */
	if (random_below(2))
		offset = random_below(PAGES - (end - page) + 1);
	return shadow_map(w, page, random_below(SHADOW_BOS), offset, end - page);
}

#define LIST 5

/*
 * Random lists, of which some fail and have to leave everything as it was, and some
 * wait in the queue until a list after them is there, too.
 */
static void random_steps(unsigned int turns, uint64_t until)
{
	static struct shadow_page before[PAGES];
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int turn, i;

	window(&w, &ch, &st);
	for (turn = 0; turn < turns && now_ms() < until; turn++) {
		unsigned int lists = 1 + random_below(3), list;
		struct nv_sync gate = sync_binary(syncobj_new(ch.fd));
		struct nv_sync done = sync_binary(syncobj_new(ch.fd));
		volatile uint32_t *word = channel_word(&ch, 0);

		/* Work that ends when the word changes: binds can wait for the end. */
		*word = 0;
		push_acquire(&ch, channel_word_va(&ch, 0), 1);
		submit(&ch, NULL, 0, &gate, 1);
		for (list = 0; list < lists; list++) {
			struct nv_bind_op ops[LIST];
			unsigned int count = 1 + random_below(LIST);
			bool bad = random_below(5) == 0;

			memcpy(before, w.at, sizeof(before));
			for (i = 0; i < count; i++)
				ops[i] = random_op(&w);
			if (bad) {
				ops[random_below(count)] = op_fails_late();
				memcpy(w.at, before, sizeof(before));
			}
			debug("turn %u: %u operations%s", turn, count, bad ? ", one bad" : "");
			want(try_bind_async(ch.fd, ops, count, &gate, 1, &done, 1),
			     bad ? -ENOENT : 0);
			if (!bad && list + 1 == lists) {
				*word = 1;
				syncobj_wait(ch.fd, done.handle);
			}
		}
		*word = 1;
		finish(&ch);
		/* The last list may have been a bad one: an empty one waits for all. */
		want(try_op(ch.fd, op_unmap(VA + PAGES * PAGE, PAGE)), 0);
		if (turn % 4 == 3)
			shadow_check(&w, "the window");
		syncobj_destroy(ch.fd, gate.handle);
		syncobj_destroy(ch.fd, done.handle);
	}
	shadow_check(&w, "the window at the end");
	note("%u turns of seed %llu", turn, (unsigned long long)seed);
}

static void random_quick(void)
{
	random_steps(60, UINT64_MAX);
}

static void random_long(void)
{
	random_steps(UINT32_MAX, now_ms() + random_seconds * 1000ull);
}

/*
 * References to one page in a single call, more than a counter of 16 bits holds. The
 * range has page tables of both kinds.
 */
static void references(void)
{
	enum { COUNT = 5000 };
	struct nv_bind_op *ops = calloc(2 * COUNT + 1, sizeof(*ops));
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i;

	if (!ops)
		fail("out of memory");
	window(&w, &ch, &st);
	want(try_op(ch.fd, shadow_map(&w, BIG, IN_VRAM, BIG, BIG)), 0);
	for (i = 0; i < COUNT; i++) {
		ops[2 * i] = shadow_map(&w, 0, IN_GART, 0, BIG);
		ops[2 * i + 1] = shadow_unmap(&w, 0, BIG);
	}
	ops[2 * COUNT] = shadow_map(&w, 0, IN_GART, 0, BIG);
	want(try_bind(ch.fd, ops, 2 * COUNT + 1), 0);
	check_around(&w, 0, 2 * BIG);
	want(try_op(ch.fd, shadow_map(&w, 0, IN_VRAM, 0, BIG)), 0);
	check_around(&w, 0, 2 * BIG);
	want(try_op(ch.fd, shadow_unmap(&w, 0, 2 * BIG)), 0);
	check_around(&w, 0, 2 * BIG);
}

/* Mappings that begin anywhere between two borders of 2 MiB, and their buffers, too. */
static void aligned(void)
{
	/* What the buffer is behind the mapping: its pages fit, or smaller ones, or none. */
	static const unsigned int behind[] = { 0, LARGE, BIG, 1 };
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int page, i;

	window(&w, &ch, &st);
	for (page = 0; page <= LARGE; page += page % BIG ? 1 : BIG - 1) {
		for (i = 0; i < ARRAY_SIZE(behind); i++) {
			unsigned int offset = page + behind[i];
			unsigned int count = PAGES - offset;

			want(try_op(ch.fd, shadow_map(&w, page, IN_VRAM, offset, count)), 0);
			check_around(&w, page, page + count);
			/* The first and the last border of 2 MiB in it */
			check_around(&w, LARGE, 2 * LARGE);
			want(try_op(ch.fd, shadow_unmap(&w, LARGE + page / 2, 1)), 0);
			check_around(&w, LARGE + page / 2, LARGE + page / 2 + 1);
			want(try_op(ch.fd, shadow_unmap(&w, 0, PAGES)), 0);
			check_around(&w, page, page + count);
		}
	}
	shadow_check(&w, "the window without a mapping");
}

/* The MMU has pages of 512 MiB from Hopper on. */
static void huge(void)
{
	static const uint64_t at[] = { 0, 512 * MIB - PAGE, 512 * MIB, GIB - PAGE };
	struct channel ch;
	struct stage st;
	struct bo bo;
	unsigned int i;

	if (dev.vram < 2 * GIB)
		skip("%llu MiB of VRAM have no room for a buffer of 1 GiB",
		     (unsigned long long)(dev.vram / MIB));
	ch = channel_new(client_open(), 0);
	st = stage_new(ch.fd, PAGE);
	bo = bo_new(ch.fd, GIB, NV_VRAM);
	map(VA, &bo, 0, GIB);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		gpu_write(&ch, &st, VA + at[i], i + 1, 0, PAGE);
	unmap(ch.fd, VA + 256 * MIB, PAGE);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		gpu_check(&ch, &st, VA + at[i], i + 1, 0, PAGE, "a buffer of 1 GiB");
}

/* A list that fails after cuts of pages of both sizes: nothing has changed. */
static void unwind(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i;

	window(&w, &ch, &st);
	want(try_op(ch.fd, shadow_map(&w, 0, IN_VRAM, 0, PAGES)), 0);
	for (i = 0; i + 1 < ARRAY_SIZE(places); i++) {
		uint64_t at = VA + places[i] * PAGE;
		struct nv_bind_op ops[] = {
			op_unmap(at, PAGE),
			op_map(at, &w.bo[IN_GART], 0, (places[i + 1] - places[i]) * PAGE),
			op_map(VA + PAGE, &w.bo[IN_VRAM_TOO], 0, (PAGES - 2) * PAGE),
			op_unmap(VA + 5 * PAGE, (PAGES - 10) * PAGE),
			op_fails_late(),
		};

		want(try_bind(ch.fd, ops, ARRAY_SIZE(ops)), -ENOENT);
		shadow_check(&w, "what a list that failed would have changed");
	}
	/* With the pages as they were, cuts work as ever. */
	cut(&w, BIG + 1, LARGE + 5, WITH_GART);
	shadow_check(&w, "the window");
}

const struct test tests_large[] = {
	{ "large/replace", "maps buffers over buffers with pages of other sizes", replace,
	  TEST_CUTS, 120 },
	{ "large/unmap", "unmaps parts of 6 MiB, 171 ways", cuts_unmap, TEST_CUTS, 240 },
	{ "large/map-vram", "maps VRAM over parts of 6 MiB, 171 ways", cuts_vram, TEST_CUTS, 240 },
	{ "large/map-gart", "maps the GART over parts of 6 MiB, 171 ways", cuts_gart, TEST_CUTS,
	  240 },
	{ "large/map-same", "maps a buffer over parts of itself, 171 ways", cuts_offset, TEST_CUTS,
	  240 },
	{ "large/busy-unmap", "unmaps around pages that a channel copies", busy_unmap, TEST_CUTS,
	  120 },
	{ "large/busy-vram", "maps VRAM around pages that a channel copies", busy_vram, TEST_CUTS,
	  120 },
	{ "large/busy-gart", "maps the GART around pages that a channel copies", busy_gart,
	  TEST_CUTS, 120 },
	{ "large/busy-same", "maps a buffer over itself while a channel copies it", busy_same,
	  TEST_CUTS, 120 },
	{ "large/queued", "reads pages that a bind in the queue will cut", queued, TEST_CUTS, 120 },
	{ "large/aligned", "maps VRAM from 65 places between borders of 2 MiB", aligned, TEST_CUTS, 240 },
	{ "large/huge", "maps and cuts 1 GiB of VRAM", huge, TEST_CUTS },
	{ "large/unwind", "lists of cuts that fail", unwind, TEST_CUTS, 120 },
	{ "large/references", "maps and unmaps a page 5000 times in one call", references,
	  TEST_CUTS, 120 },
	{ "large/random", "60 turns of random lists of binds", random_quick, TEST_CUTS, 300 },
	{ "large/random-long", "the same for 10 minutes, or --seconds", random_long,
	  TEST_SLOW | TEST_CUTS, 120 },
	{ 0 }
};
