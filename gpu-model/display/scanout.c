// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Scan-out: from memory to the picture that a monitor shows.
 *
 * A head reads the part of its base channel's image that begins at 0x4b0 and has the
 * size 0x4b8, scales it to 0x4c0, and puts it into the middle of what is visible of its
 * raster. The overlay covers a part, the cursor is blended over both, and the core's
 * table of the output (LUT) changes each colour last.
 *
 * An image (0x400 to 0x410 of base and overlay channels): offset >> 8 in its context;
 * 31:16 height, 15:0 width; storage: 24 rows of 20:8 * 256 bytes, else blocks, 20:8 in
 * a row, of 2^(3:0) GOBs; params: 15:8 format. The context's kind must fit.
 *
 * A table has 8 bytes an entry: red, green, blue, each 14 bits and 0x6000. Its mode (27:24)
 * says how many: 257 or 1025, the last for what lies beyond the last step. Eight bits of
 * colour or of index are the number of an entry, widened to ten bits for 1025 of them, so
 * that a table without a change changes nothing. What a card does between two entries is
 * not known.
 *
 * A context's memory is read as it is: compression is not modelled.
 *
 * Known from: nouveau dispnv50 (base907c.c, base917c.c, head907d.c: head907d_olut_load,
 * head917d.c, ovly907e.c, wndw.c); include/nvhw/class/cl907c.h, cl907d.h, cl917d.h.
 */
#include <stdlib.h>

#include "display.h"

#define FORMAT_I8 0x1e
#define FORMAT_A8R8G8B8 0xcf
#define FORMAT_A2B10G10R10 0xd1
#define FORMAT_A8B8G8R8 0xd5
#define FORMAT_A2R10G10B10 0xdf
#define FORMAT_R5G6B5 0xe8
#define FORMAT_A1R5G5B5 0xe9

#define KIND_PITCH 0

static unsigned int format_bytes(unsigned int format)
{
	switch (format) {
	case FORMAT_I8:
		return 1;
	case FORMAT_R5G6B5:
	case FORMAT_A1R5G5B5:
		return 2;
	case FORMAT_A8R8G8B8:
	case FORMAT_A8B8G8R8:
	case FORMAT_A2B10G10R10:
	case FORMAT_A2R10G10B10:
		return 4;
	}
	return 0;
}

/* How many bytes from the image's beginning its last one is, and one more. */
static uint64_t surface_size(const struct surface *s)
{
	uint64_t rows = 8ull << s->block_height;

	if (s->pitch_linear)
		return (uint64_t)s->pitch * (s->height - 1) + (uint64_t)s->width * s->bytes;
	return (s->height + rows - 1) / rows * rows * s->pitch;
}

static const char *wrong(const struct surface *s, const struct dma_object *object)
{
	if (!s->bytes)
		return "a format that is not modelled";
	if (!s->width || !s->height)
		return "an empty image";
	if ((uint64_t)s->width * s->bytes > s->pitch)
		return "the pitch is less than a row";
	if (s->block_height > 5)
		return "no such block height";
	if (s->pitch_linear ? object->kind != KIND_PITCH : object->kind == KIND_PITCH)
		return "the context is of another kind";
	if (s->addr + surface_size(s) - 1 > object->limit)
		return "the image does not end inside of its context";
	return NULL;
}

bool scanout_surface(struct gpu *gpu, unsigned int ch, const uint32_t *state, bool strict,
		     struct surface *surface)
{
	uint32_t context = state[WINDOW_SURFACE_CONTEXT / 4];
	uint32_t storage = state[WINDOW_STORAGE / 4], size = state[WINDOW_SIZE / 4];
	struct dma_object object;
	const char *what;

	if (strict ? !channel_object(gpu, ch, context, "image", &object) :
		     !channel_find_object(gpu, ch, context, &object))
		return false;
	*surface = (struct surface){
		.addr = object.start + ((uint64_t)state[WINDOW_OFFSET / 4] << 8),
		.width = size & 0xffff,
		.height = size >> 16,
		.pitch_linear = storage & BIT(24),
		.pitch = (storage >> 8 & 0x1fff) * (storage & BIT(24) ? 256 : 64),
		.block_height = storage & BIT(24) ? 0 : storage & 0xf,
		.format = state[WINDOW_PARAMS / 4] >> 8 & 0xff,
	};
	surface->bytes = format_bytes(surface->format);
	what = wrong(surface, &object);
	if (what && strict)
		report(gpu, "display: bad image", "%s: the %s channel (%u), %ux%u, format 0x%x, pitch %u, kind 0x%x",
		       what, channel_name(ch), ch, surface->width, surface->height, surface->format,
		       surface->pitch, object.kind);
	return !what;
}

/* --- pixels ------------------------------------------------------------------ */

static uint32_t raw_pixel(struct gpu *gpu, const struct surface *s, uint32_t x, uint32_t y)
{
	struct tile tile = {
		.width = s->pitch, .height = s->height, .depth = 1, .block_height = s->block_height,
	};
	uint64_t addr = s->addr;
	uint32_t value = 0;

	if (s->pitch_linear)
		addr += (uint64_t)y * s->pitch + x * s->bytes;
	else
		addr += tile_offset(&tile, x * s->bytes, y, 0);
	memory_read(gpu, APER_VRAM, addr, &value, s->bytes);
	return value;
}

/* A field of @bits at @shift, in eight bits. */
static uint32_t field(uint32_t value, unsigned int shift, unsigned int bits)
{
	uint32_t most = (1u << bits) - 1;

	return ((value >> shift & most) * 255 + most / 2) / most;
}

static uint32_t rgb(uint32_t red, uint32_t green, uint32_t blue)
{
	return red << 16 | green << 8 | blue;
}

static uint32_t colour(unsigned int format, uint32_t raw)
{
	switch (format) {
	case FORMAT_R5G6B5:
		return rgb(field(raw, 11, 5), field(raw, 5, 6), field(raw, 0, 5));
	case FORMAT_A1R5G5B5:
		return rgb(field(raw, 10, 5), field(raw, 5, 5), field(raw, 0, 5));
	case FORMAT_A8B8G8R8:
		return rgb(raw & 0xff, raw >> 8 & 0xff, raw >> 16 & 0xff);
	case FORMAT_A2B10G10R10:
		return rgb(field(raw, 0, 10), field(raw, 10, 10), field(raw, 20, 10));
	case FORMAT_A2R10G10B10:
		return rgb(field(raw, 20, 10), field(raw, 10, 10), field(raw, 0, 10));
	}
	return raw & 0xffffff;
}

/* --- tables of colours --------------------------------------------------------- */

struct lut {
	bool on;
	uint32_t steps;
	uint64_t addr;
};

#define LUT_1025 4
#define LUT_257 7

static void lut_init(struct gpu *gpu, unsigned int ch, bool on, uint32_t control, uint32_t context,
		     uint32_t offset, struct lut *lut)
{
	unsigned int mode = control >> 24 & 0xf;
	struct dma_object object;

	lut->on = on && channel_object(gpu, ch, context, "table of colours", &object);
	if (lut->on && mode != LUT_257 && mode != LUT_1025) {
		report(gpu, "display: bad image", "a table of colours of mode %u, which is not modelled",
		       mode);
		lut->on = false;
	}
	if (lut->on)
		lut->addr = object.start + ((uint64_t)offset << 8);
	lut->steps = mode == LUT_1025 ? 1024 : 256;
}

static uint32_t lut_entry(struct gpu *gpu, const struct lut *lut, uint32_t n, unsigned int part)
{
	uint16_t value;

	memory_read(gpu, APER_VRAM, lut->addr + n * 8 + part * 2, &value, sizeof(value));
	return value > 0x6000 ? value - 0x6000 : 0;
}

/* An entry's 14 bits in eight. */
static uint32_t eight_bits(uint32_t entry)
{
	return ((entry > 0x3fff ? 0x3fff : entry) * 255 + 0x1fff) / 0x3fff;
}

/* One part of a colour, eight bits. */
static uint32_t lut_part(struct gpu *gpu, const struct lut *lut, uint32_t value, unsigned int part)
{
	uint32_t n = lut->steps == 1024 ? value << 2 | value >> 6 : value;

	return eight_bits(lut_entry(gpu, lut, n, part));
}

static uint32_t lut_colour(struct gpu *gpu, const struct lut *lut, uint32_t value)
{
	return rgb(lut_part(gpu, lut, value >> 16 & 0xff, 0), lut_part(gpu, lut, value >> 8 & 0xff, 1),
		   lut_part(gpu, lut, value & 0xff, 2));
}

static uint32_t shown(struct gpu *gpu, const struct surface *s, const struct lut *lut, uint32_t x,
		      uint32_t y)
{
	uint32_t raw = raw_pixel(gpu, s, x, y);

	if (s->format == FORMAT_I8)
		return lut->on ? lut_colour(gpu, lut, raw * 0x10101) : rgb(raw, raw, raw);
	return lut->on ? lut_colour(gpu, lut, colour(s->format, raw)) : colour(s->format, raw);
}

/* --- layers --------------------------------------------------------------------- */

struct picture {
	uint32_t *pixels, width, height;	/* all that the monitor shows */
	uint32_t x, y;				/* where the viewport is in it, */
	uint32_t view_width, view_height;	/* ... and its size */
};

static uint32_t *pixel_at(const struct picture *p, int64_t x, int64_t y)
{
	if (x < 0 || y < 0 || x >= p->view_width || y >= p->view_height)
		return NULL;
	return &p->pixels[(p->y + (uint64_t)y) * p->width + p->x + (uint64_t)x];
}

static void draw_base(struct gpu *gpu, unsigned int h, const struct picture *p)
{
	const uint32_t *state = gpu->display->channel[CHANNEL_BASE + h].armed;
	uint32_t in = head_armed(gpu, h, HEAD_VIEW_IN), from = head_armed(gpu, h, HEAD_VIEW_POINT);
	struct surface s;
	struct lut lut;
	uint32_t x, y;

	if (!state[WINDOW_SURFACE_CONTEXT / 4] ||
	    !scanout_surface(gpu, CHANNEL_BASE + h, state, true, &s))
		return;
	/* 31:30: 2 its own, 1 the core's, which draw_output() does */
	lut_init(gpu, CHANNEL_BASE + h, state[BASE_LUT / 4] >> 30 == 2, state[BASE_LUT / 4],
		 state[BASE_LUT_CONTEXT / 4], state[BASE_LUT_OFFSET / 4], &lut);
	for (y = 0; y < p->view_height; y++)
		for (x = 0; x < p->view_width; x++) {
			uint64_t sx = (from & 0xffff) + (uint64_t)x * (in & 0xffff) / p->view_width;
			uint64_t sy = (from >> 16) + (uint64_t)y * (in >> 16) / p->view_height;

			if (sx < s.width && sy < s.height)
				*pixel_at(p, x, y) = shown(gpu, &s, &lut, (uint32_t)sx, (uint32_t)sy);
		}
}

static void draw_overlay(struct gpu *gpu, unsigned int h, const struct picture *p)
{
	const uint32_t *state = gpu->display->channel[CHANNEL_OVERLAY + h].armed;
	uint32_t point = gpu->display->channel[CHANNEL_OVERLAY_PIO + h].armed[PIO_POINT / 4];
	uint32_t in = state[OVERLAY_SIZE_IN / 4], from = state[OVERLAY_POINT_IN / 4];
	uint32_t width = state[OVERLAY_SIZE_OUT / 4] & 0x7fff, height = in >> 16, x, y;
	const struct lut none = { .on = false };
	struct surface s;

	if (!state[WINDOW_SURFACE_CONTEXT / 4] || !width ||
	    !scanout_surface(gpu, CHANNEL_OVERLAY + h, state, true, &s))
		return;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			uint64_t sx = (from & 0x7fff) + (uint64_t)x * (in & 0x7fff) / width;
			uint64_t sy = (from >> 16 & 0x7fff) + y;
			uint32_t *to = pixel_at(p, (int16_t)point + (int64_t)x,
						(int16_t)(point >> 16) + (int64_t)y);

			if (to && sx < s.width && sy < s.height)
				*to = shown(gpu, &s, &none, (uint32_t)sx, (uint32_t)sy);
		}
}

/* Colours of the cursor are multiplied with its alpha already. */
static uint32_t blend(uint32_t under, uint32_t over)
{
	uint32_t rest = 255 - (over >> 24), result = 0, part;
	unsigned int shift;

	for (shift = 0; shift < 24; shift += 8) {
		part = (over >> shift & 0xff) + ((under >> shift & 0xff) * rest + 127) / 255;
		result |= (part > 255 ? 255 : part) << shift;
	}
	return result;
}

static void draw_cursor(struct gpu *gpu, unsigned int h, const struct picture *p)
{
	uint32_t control = head_armed(gpu, h, HEAD_CURSOR), size = 32u << (control >> 26 & 3), x, y;
	uint32_t point = gpu->display->channel[CHANNEL_CURSOR_PIO + h].armed[PIO_POINT / 4];
	uint32_t context = head_armed(gpu, h, HEAD_CURSOR_CONTEXT);
	struct dma_object object;
	uint64_t addr;

	if (!(control & BIT(31)) || !channel_object(gpu, CHANNEL_CORE, context, "cursor", &object))
		return;
	if ((control >> 24 & 3) != 1) {
		report(gpu, "display: bad image", "a cursor of a format that is not modelled: 0x%x", control);
		return;
	}
	addr = object.start + ((uint64_t)head_armed(gpu, h, HEAD_CURSOR_OFFSET) << 8);
	for (y = 0; y < size; y++)
		for (x = 0; x < size; x++, addr += 4) {
			uint32_t *to = pixel_at(p, (int16_t)point + (int64_t)x,
						(int16_t)(point >> 16) + (int64_t)y);

			if (to)
				*to = blend(*to, memory_rd32(gpu, APER_VRAM, addr));
		}
}

static void draw_output(struct gpu *gpu, unsigned int h, const struct picture *p)
{
	struct lut lut;
	uint32_t i;

	lut_init(gpu, CHANNEL_CORE, head_armed(gpu, h, HEAD_LUT) & BIT(31),
		 head_armed(gpu, h, HEAD_LUT), head_armed(gpu, h, HEAD_LUT_CONTEXT),
		 head_armed(gpu, h, HEAD_LUT_OFFSET), &lut);
	for (i = 0; lut.on && i < p->width * p->height; i++)
		p->pixels[i] = lut_colour(gpu, &lut, p->pixels[i]);
}

uint32_t *scanout_picture(struct gpu *gpu, unsigned int h, uint32_t *width, uint32_t *height)
{
	uint32_t start = head_armed(gpu, h, HEAD_BLANK_START), end = head_armed(gpu, h, HEAD_BLANK_END);
	uint32_t out = head_armed(gpu, h, HEAD_VIEW_OUT);
	struct picture p = {
		.width = (start & 0xffff) - (end & 0xffff),
		.height = (start >> 16) - (end >> 16),
		.view_width = out & 0xffff,
		.view_height = out >> 16,
	};

	if (!head_on(gpu, h))
		return NULL;
	p.x = (p.width - p.view_width) / 2;
	p.y = (p.height - p.view_height) / 2;
	p.pixels = calloc((size_t)p.width * p.height, sizeof(*p.pixels));
	if (!p.pixels)
		abort();
	draw_base(gpu, h, &p);
	draw_overlay(gpu, h, &p);
	draw_cursor(gpu, h, &p);
	draw_output(gpu, h, &p);
	*width = p.width;
	*height = p.height;
	return p.pixels;
}
