// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is left of a mapping when a part of it goes: every way in which one
 * range can lie on another.
 */
#include "vmbind-test.h"

#define VA 0x40000000ull
#define PAGES 8

struct shape {
	const char *name;
	unsigned int page, count;
};

/* On a mapping of the pages 8 to 15. */
static const struct shape shapes[] = {
	{ "all of it", 8, 8 },
	{ "its first page", 8, 1 },
	{ "its last page", 15, 1 },
	{ "its head", 8, 5 },
	{ "its tail", 11, 5 },
	{ "a page inside", 12, 1 },
	{ "its middle", 10, 4 },
	{ "from before it into it", 4, 8 },
	{ "from inside to behind it", 12, 8 },
	{ "all and more on both sides", 4, 16 },
	{ "all and more before", 2, 14 },
	{ "all and more behind", 8, 14 },
	{ "right before it", 4, 4 },
	{ "right behind it", 16, 4 },
};

static void start(struct shadow *w, struct channel *ch, struct stage *st, uint32_t domain)
{
	*ch = channel_new(client_open(), 0);
	*st = stage_new(ch->fd, 256 * KIB);
	shadow_init(w, ch, st, VA, 32, 32, domain);
}

static void begin(struct shadow *w)
{
	struct nv_bind_op ops[2];

	ops[0] = shadow_unmap(w, 0, w->pages);
	ops[1] = shadow_map(w, 8, 0, 5, PAGES);
	want(try_bind(w->ch->fd, ops, 2), 0);
}

static void unmap_shapes(uint32_t domain)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i;

	start(&w, &ch, &st, domain);
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		debug("unmaps %s", shapes[i].name);
		begin(&w);
		want(try_op(ch.fd, shadow_unmap(&w, shapes[i].page, shapes[i].count)), 0);
		shadow_check(&w, shapes[i].name);
	}
}

static void unmap_gart(void)
{
	unmap_shapes(NV_GART);
}

static void unmap_vram(void)
{
	unmap_shapes(NV_VRAM);
}

static void map_shapes(uint32_t domain)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i;

	start(&w, &ch, &st, domain);
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct shape *s = &shapes[i];

		debug("maps over %s", s->name);
		begin(&w);
		want(try_op(ch.fd, shadow_map(&w, s->page, 1, 2, s->count)), 0);
		shadow_check(&w, s->name);
	}
}

static void map_gart(void)
{
	map_shapes(NV_GART);
}

static void map_vram(void)
{
	map_shapes(NV_VRAM);
}

/* Over itself: the same memory again, and the same buffer at other offsets. */
static void same_buffer(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int i;

	start(&w, &ch, &st, NV_VRAM);
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct shape *s = &shapes[i];

		begin(&w);
		/* Where page 8 holds the buffer's page 5, what continues it. */
		if (s->page >= 3)
			want(try_op(ch.fd, shadow_map(&w, s->page, 0, s->page - 3,
						      s->count)), 0);
		shadow_check(&w, "the same again");
		want(try_op(ch.fd, shadow_map(&w, s->page, 0, 12, s->count)), 0);
		shadow_check(&w, "the same buffer at another offset");
	}
}

/* Ranges over two and three mappings, with and without gaps. */
static void several(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int turn;

	start(&w, &ch, &st, NV_VRAM);
	for (turn = 0; turn < 4; turn++) {
		struct nv_bind_op ops[3];

		want(try_op(ch.fd, shadow_unmap(&w, 0, 32)), 0);
		ops[0] = shadow_map(&w, 2, 0, 0, 8);
		ops[1] = shadow_map(&w, 10, 1, 4, 6);
		ops[2] = shadow_map(&w, 20, 2, 8, 8);
		want(try_bind(ch.fd, ops, 3), 0);
		if (turn == 0)
			ops[0] = shadow_unmap(&w, 6, 8);
		else if (turn == 1)
			ops[0] = shadow_map(&w, 6, 3, 1, 18);
		else if (turn == 2)
			ops[0] = shadow_unmap(&w, 0, 22);
		else
			ops[0] = shadow_map(&w, 1, 3, 0, 30);
		want(try_op(ch.fd, ops[0]), 0);
		shadow_check(&w, "ranges over several mappings");
	}
}

/* A mapping that is halved until pages are left, and each of these gone. */
static void to_pieces(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	unsigned int step, i;

	start(&w, &ch, &st, NV_VRAM);
	want(try_op(ch.fd, shadow_map(&w, 0, 0, 0, 32)), 0);
	for (step = 16; step; step /= 2) {
		for (i = step; i < 32; i += 2 * step)
			want(try_op(ch.fd, shadow_map(&w, i, 1 + step % 3, i, step)), 0);
		shadow_check(&w, "a mapping in pieces");
	}
	for (i = 0; i < 32; i += 2)
		want(try_op(ch.fd, shadow_unmap(&w, i, 1)), 0);
	shadow_check(&w, "every other page unmapped");
	want(try_op(ch.fd, shadow_unmap(&w, 0, 32)), 0);
	want(try_op(ch.fd, shadow_map(&w, 0, 3, 0, 32)), 0);
	shadow_check(&w, "one mapping again");
}

/* Splits where page tables end: at 2 MiB, and a large page's 64 and 128 KiB. */
static void borders(void)
{
	const uint64_t size = 6 * MIB;
	const uint64_t cuts[] = { 2 * MIB, 4 * MIB, 64 * KIB, 128 * KIB, 2 * MIB + 64 * KIB };
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);
	struct bo bo = bo_new(ch.fd, size, NV_VRAM);
	struct bo other = bo_new(ch.fd, 4 * PAGE, NV_VRAM);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		uint64_t cut = cuts[i] - 2 * PAGE;

		map(VA, &bo, 0, size);
		gpu_write(&ch, &st, VA, i + 1, 0, size);
		map(VA + cut, &other, 0, 4 * PAGE);
		gpu_write(&ch, &st, VA + cut, 100, 0, 4 * PAGE);
		gpu_check(&ch, &st, VA, i + 1, 0, cut, "before the cut");
		gpu_check(&ch, &st, VA + cut, 100, 0, 4 * PAGE, "in the cut");
		gpu_check(&ch, &st, VA + cut + 4 * PAGE, i + 1, (cut + 4 * PAGE) / 4,
			  size - cut - 4 * PAGE, "behind the cut");
		/* With the cut closed, the memory there is what it was. */
		map(VA, &bo, 0, size);
		gpu_check(&ch, &st, VA, i + 1, 0, size, "after the cut was closed");
	}
}

const struct test tests_split[] = {
	{ "split/unmap-gart", "unmaps parts of 8 pages in 14 ways, in the GART", unmap_gart,
	  TEST_CUTS },
	{ "split/unmap-vram", "unmaps parts of 8 pages in 14 ways, in VRAM", unmap_vram,
	  TEST_CUTS },
	{ "split/map-gart", "maps over 8 pages in 14 ways, in the GART", map_gart, TEST_CUTS },
	{ "split/map-vram", "maps over 8 pages in 14 ways, in VRAM", map_vram, TEST_CUTS },
	{ "split/same-buffer", "maps a buffer over itself in 14 ways", same_buffer, TEST_CUTS },
	{ "split/several", "ranges over three mappings", several, TEST_CUTS },
	{ "split/pieces", "cuts a mapping into pages", to_pieces, TEST_CUTS },
	{ "split/borders", "cuts 6 MiB at borders of page tables", borders, TEST_CUTS },
	{ 0 }
};
