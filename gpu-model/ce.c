// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The copy engine (classes KEPLER_DMA_COPY_A to PASCAL_DMA_COPY_A).
 *
 * Methods set registers; LAUNCH_DMA (0x300) starts a copy with what they are
 * then, and they may be set for the next one at once. A copy is lines of bytes:
 *
 *	0x400, 0x404   from, high and low       0x410   bytes from line to line
 *	0x408, 0x40c   to                       0x414
 *	0x418          bytes in a line          0x41c   how many lines
 *
 * Turing's class (in truth, since Volta) has a word each for x and y of where in a
 * surface: 0x744, 0x748 from, 0x74c, 0x750 to.
 *
 * Each side is pitch or block-linear (tile.c), the latter with the surface's
 * size, layer and where in it (0x70c... to, 0x728... from). With "remap" a line
 * is pixels, not bytes, of 1 to 4 components of 1 to 4 bytes: each component of
 * the result is one of the source, one of two constants, or left alone. That is
 * how memory is filled.
 *
 *	LAUNCH_DMA   1:0   0 no copy, 1 may overlap the one before, 2 must not
 *	             2     flush    4:3  then release a semaphore, of 4 or 16 bytes
 *	             6:5   interrupt     7, 8  from, to: pitch    9  many lines
 *	             10    remap         12, 13  physical addresses
 *
 * A copy is done in pieces with pauses between, in the order of its bytes. Its
 * semaphore comes after its last byte.
 *
 * Known from: open-gpu-doc's classes/dma-copy/cla0b5.h, clb0b5.h, clc0b5.h, clc5b5.h;
 * nouveau nouveau_boa0b5.c.
 */
#include <string.h>

#include "fifo.h"

#define LAUNCH_TYPE(l) ((l) & 3)
#define LAUNCH_SEMAPHORE(l) ((l) >> 3 & 3)
#define LAUNCH_INTERRUPT(l) ((l) >> 5 & 3)
#define LAUNCH_SRC_PITCH BIT(7)
#define LAUNCH_DST_PITCH BIT(8)
#define LAUNCH_MULTI_LINE BIT(9)
#define LAUNCH_REMAP BIT(10)
#define LAUNCH_SRC_PHYS BIT(12)
#define LAUNCH_DST_PHYS BIT(13)
#define LAUNCH_REDUCTION BIT(19)

#define PIECE 65536		/* bytes between two pauses, at most */

static const struct client ce_client = { .name = "CE" };

static uint32_t reg(const struct ce_state *ce, uint32_t method)
{
	return ce->run[method / 4];
}

static uint64_t reg_addr(const struct ce_state *ce, uint32_t method)
{
	return (uint64_t)(reg(ce, method) & 0x1ffff) << 32 | reg(ce, method + 4);
}

/* One side of a copy. */
struct side {
	uint64_t addr;
	bool linear;
	int64_t pitch;
	struct tile tile;
	uint32_t x, y, z;		/* bytes, rows, slices */
	uint32_t pixel;			/* bytes; 1 without remap */
};

static void get_side(const struct ce_state *ce, bool dst, struct side *side)
{
	uint32_t base = dst ? 0x70c : 0x728;
	uint32_t block = reg(ce, base), origin = reg(ce, base + 0x14);

	side->addr = reg_addr(ce, dst ? 0x408 : 0x400);
	side->linear = ce->launch & (dst ? LAUNCH_DST_PITCH : LAUNCH_SRC_PITCH);
	side->pitch = (int32_t)reg(ce, dst ? 0x414 : 0x410);
	side->pixel = 1;
	if (ce->launch & LAUNCH_REMAP) {
		uint32_t remap = reg(ce, 0x708);
		uint32_t count = (dst ? remap >> 24 : remap >> 20) & 3;

		side->pixel = ((remap >> 16 & 3) + 1) * (count + 1);
	}
	side->tile.block_height = block >> 4 & 15;
	side->tile.block_depth = block >> 8 & 15;
	side->tile.width = reg(ce, base + 4) * side->pixel;
	side->tile.height = reg(ce, base + 8);
	side->tile.depth = reg(ce, base + 12);
	side->z = reg(ce, base + 16);
	side->x = (origin & 0xffff) * side->pixel;
	side->y = origin >> 16;
	if (ce->wide_origin) {
		side->x = reg(ce, dst ? 0x74c : 0x744) * side->pixel;
		side->y = reg(ce, dst ? 0x750 : 0x748);
	}
}

static uint64_t side_address(const struct side *side, uint32_t line, uint64_t x)
{
	if (side->linear)
		return side->addr + (uint64_t)(side->pitch * (int64_t)line) + x;
	return side->addr + tile_offset(&side->tile, side->x + (uint32_t)x, side->y + line, side->z);
}

/* Reads or writes @len bytes of a line from byte @x on. */
static bool transfer(struct gpu *gpu, struct ce_state *ce, const struct side *side, uint32_t line,
		     uint64_t x, uint8_t *buf, size_t len, bool write)
{
	struct channel *ch = ce->ch;
	struct vm_fault fault;

	while (len) {
		/* Of a block-linear row, 16 bytes are together at most. */
		size_t part = side->linear ? len : 16 - ((side->x + x) & 15);
		uint64_t va = side_address(side, line, x);
		bool ok;

		if (part > len)
			part = len;
		ok = write ? vm_write(gpu, &ch->vm, va, buf, part, &ce_client, &fault) :
			     vm_read(gpu, &ch->vm, va, buf, part, &ce_client, &fault);
		if (!ok) {
			engine_fault(gpu, ch, (int)ce->engine, &fault);
			return false;
		}
		x += part;
		buf += part;
		len -= part;
	}
	return true;
}

static bool copy_bytes(struct gpu *gpu, struct ce_state *ce, uint32_t line, uint64_t x, size_t len)
{
	uint8_t buf[4096];
	struct side src, dst;

	get_side(ce, false, &src);
	get_side(ce, true, &dst);
	while (len) {
		size_t part = len < sizeof(buf) ? len : sizeof(buf);

		if (!transfer(gpu, ce, &src, line, x, buf, part, false) ||
		    !transfer(gpu, ce, &dst, line, x, buf, part, true))
			return false;
		x += part;
		len -= part;
	}
	return true;
}

/* One pixel of what is written: components of the source, constants, or as it was. */
static void remap_pixel(uint32_t remap, const uint32_t *constant, const uint8_t *in, uint8_t *out)
{
	unsigned int size = (remap >> 16 & 3) + 1, comps = (remap >> 24 & 3) + 1, c;
	unsigned int there = (remap >> 20 & 3) + 1;

	for (c = 0; c < comps; c++) {
		unsigned int from = remap >> (c * 4) & 7;

		if (from < there)
			memcpy(&out[c * size], &in[from * size], size);
		else if (from < 4)
			memset(&out[c * size], 0, size);
		else if (from < 6)
			memcpy(&out[c * size], &constant[from - 4], size);
	}
}

static bool copy_pixels(struct gpu *gpu, struct ce_state *ce, uint32_t line, uint64_t first,
			size_t count)
{
	uint32_t remap = reg(ce, 0x708), constant[2] = { reg(ce, 0x700), reg(ce, 0x704) };
	unsigned int dst_comps = (remap >> 24 & 3) + 1, c;
	bool reads = false, keeps = false;
	struct side src, dst;
	size_t part, i;

	get_side(ce, false, &src);
	get_side(ce, true, &dst);
	for (c = 0; c < dst_comps; c++) {
		unsigned int from = remap >> (c * 4) & 7;

		reads |= from < 4;
		keeps |= from == 6;
	}
	for (; count; count -= part, first += part) {
		uint8_t in[256 * 16] = { 0 }, out[256 * 16] = { 0 };

		/* Many at once: each access walks the page tables. */
		part = count < 256 ? count : 256;
		if (reads && !transfer(gpu, ce, &src, line, first * src.pixel, in,
				       part * src.pixel, false))
			return false;
		if (keeps && !transfer(gpu, ce, &dst, line, first * dst.pixel, out,
				       part * dst.pixel, false))
			return false;
		for (i = 0; i < part; i++)
			remap_pixel(remap, constant, in + i * src.pixel, out + i * dst.pixel);
		if (!transfer(gpu, ce, &dst, line, first * dst.pixel, out, part * dst.pixel, true))
			return false;
	}
	return true;
}

static void finished(struct gpu *gpu, struct ce_state *ce)
{
	struct channel *ch = ce->ch;
	uint32_t semaphore = LAUNCH_SEMAPHORE(ce->launch);

	ce->busy = false;
	if (semaphore &&
	    !semaphore_write(gpu, ch, (int)ce->engine,
			     (uint64_t)(reg(ce, 0x240) & 0x1ffff) << 32 | reg(ce, 0x244),
			     reg(ce, 0x248), semaphore == 2, "copy"))
		return;
	if (LAUNCH_INTERRUPT(ce->launch))
		fifo_nonstall(gpu, ch);
	fifo_kick(gpu, ch->runlist);
}

static void step(struct gpu *gpu, struct work *work)
{
	struct ce_state *ce = container_of(work, struct ce_state, work);
	uint32_t length = reg(ce, 0x418);
	bool pixels = ce->launch & LAUNCH_REMAP;
	uint64_t left = 512 + sched_random(gpu, STREAM_COPY, PIECE);

	if (pixels)
		left /= 4;
	while (left && ce->done < ce->total) {
		uint32_t line = (uint32_t)(ce->done / length);
		uint64_t x = ce->done % length;
		uint64_t part = length - x;

		if (part > left)
			part = left;
		if (!(pixels ? copy_pixels(gpu, ce, line, x, part) :
			       copy_bytes(gpu, ce, line, x, part)))
			return;
		ce->done += part;
		left -= part;
	}
	if (ce->done < ce->total)
		sched_after(gpu, work, sched_delay(gpu, STREAM_COPY, 3000));
	else
		finished(gpu, ce);
}

/* What a launch has to be; NULL if it is, else what is wrong with it. */
static const char *check(const struct ce_state *ce)
{
	uint32_t launch = ce->launch;
	int s;

	if (launch & (LAUNCH_SRC_PHYS | LAUNCH_DST_PHYS))
		return "physical addresses";
	if (LAUNCH_TYPE(launch) == 3 || LAUNCH_SEMAPHORE(launch) == 3)
		return "an invalid value in LAUNCH_DMA";
	if (launch & LAUNCH_REDUCTION)
		return "a semaphore reduction";
	for (s = 0; s < 2; s++) {
		struct side side;

		get_side(ce, s, &side);
		if (side.linear || LAUNCH_TYPE(launch) == 0)
			continue;
		if (side.addr & 511)
			return "a block-linear surface that is not aligned to a GOB";
		if (side.tile.block_height > 5 || side.tile.block_depth > 5 ||
		    reg(ce, s ? 0x70c : 0x728) & 15)
			return "a block size that does not exist";
		if ((uint64_t)side.x + (uint64_t)reg(ce, 0x418) * side.pixel > side.tile.width ||
		    (uint64_t)side.y + reg(ce, 0x41c) > side.tile.height)
			return "a rectangle beyond its surface";
	}
	return NULL;
}

static enum pbdma_result launch(struct gpu *gpu, struct channel *ch, uint32_t data)
{
	struct ce_state *ce = &ch->ctx->ce;
	const char *wrong;
	uint32_t lines;

	if (ce->busy)
		return PBDMA_BUSY;
	memcpy(ce->run, ce->reg, sizeof(ce->run));
	ce->launch = data;
	ce->done = 0;
	ce->total = 0;
	wrong = check(ce);
	if (wrong) {
		report(gpu, "copy that is not modelled or wrong", "channel %u: %s, LAUNCH_DMA 0x%08x",
		       ch->id, wrong, data);
		return PBDMA_MORE;
	}
	lines = data & LAUNCH_MULTI_LINE ? reg(ce, 0x41c) : 1;
	if (LAUNCH_TYPE(data))
		ce->total = (uint64_t)reg(ce, 0x418) * lines;
	trace_event(gpu, "copy",
		    "ch=%u src=0x%llx dst=0x%llx len=0x%x lines=0x%x launch=0x%x", ch->id,
		    (unsigned long long)reg_addr(ce, 0x400), (unsigned long long)reg_addr(ce, 0x408),
		    reg(ce, 0x418), lines, data);
	ce->busy = true;
	sched_after(gpu, &ce->work, sched_delay(gpu, STREAM_COPY, 10000));
	return PBDMA_MORE;
}

enum pbdma_result ce_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data)
{
	struct ce_state *ce = &ch->ctx->ce;

	if (ce->wide_origin && method >= 0x744 && method <= 0x750) {
		ce->reg[method / 4] = data;
		return PBDMA_MORE;
	}
	switch (method) {
	case 0x300:
		return launch(gpu, ch, data);
	case 0x100:					/* no operation */
	case 0x140: case 0x1114:			/* performance triggers */
		return PBDMA_MORE;
	case 0x240: case 0x244: case 0x248:		/* semaphore */
	case 0x254: case 0x258: case 0x25c:		/* conditional rendering */
	case 0x260: case 0x264:				/* physical memory */
	case 0x400: case 0x404: case 0x408: case 0x40c:
	case 0x410: case 0x414: case 0x418: case 0x41c:
	case 0x700: case 0x704: case 0x708:		/* remap */
	case 0x70c: case 0x710: case 0x714: case 0x718: case 0x71c: case 0x720:
	case 0x728: case 0x72c: case 0x730: case 0x734: case 0x738: case 0x73c:
		ce->reg[method / 4] = data;
		return PBDMA_MORE;
	default:
		/* Host checks methods of copy engines: "HCE_ILLEGAL_MTHD". */
		*reg_at(gpu, pbdma_base(ch->runlist) + 0x148) |= BIT(3);
		pbdma_intr(gpu, ch, 0, 4u << 16 | method, data);
		return PBDMA_STOPPED;
	}
}

void ce_init(struct gpu *gpu, struct channel *ch)
{
	ch->ctx->ce.ch = ch;
	ch->ctx->ce.wide_origin = gpu->chip->ce_wide_origin;
	ch->ctx->ce.work.run = step;
}

/* --- registers: interrupts of the engines themselves, which stay quiet ---- */

static const struct reg regs_gk104[] = {
	{ 0x104904, 3, 0x1000, .name = "INTR_EN" },
	{ 0x104908, 3, 0x1000, .name = "INTR" },
	{ 0x104f14, 3, 0x1000, .name = "LAUNCH_ERROR" },
};

const struct block block_ce_gk104 = {
	.name = "PCE",
	.known_from = "nouveau ce/gk104.c",
	.regs = regs_gk104,
	.count = ARRAY_SIZE(regs_gk104),
};

static const struct reg regs_gp100[] = {
	{ 0x10440c, 6, 0x80, .name = "INTR_EN" },
	{ 0x104410, 6, 0x80, .name = "INTR" },
	{ 0x104418, 6, 0x80, .name = "LAUNCH_ERROR" },
};

const struct block block_ce_gp100 = {
	.name = "PCE",
	.known_from = "nouveau ce/gp100.c",
	.regs = regs_gp100,
	.count = ARRAY_SIZE(regs_gp100),
};
