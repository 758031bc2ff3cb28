// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The display's channels: how the hardware fetches methods, and what it does with
 * those that all channels have.
 *
 * Core, base and overlay channels fetch from a push buffer of 4 KiB. The driver writes
 * how far it filled it to PUT (0x640000 + 0x1000 * channel), the channel tells how far
 * it read in GET (+4). A word is a header (31:29: 0 methods follow, 1 jump, 2 data for
 * one method, 3 the mask of subdevices; 27:18 count, 11:2 method) or data. Both wrap
 * by a jump only. The immediate channels have no buffer: the processor writes methods
 * to the same page, 8 says how many it may (FREE).
 *
 * In the same page the armed state can be read, 0x20000 above it the assembly.
 *
 *	0x610490 + 0x10 * ch	control: 0 the immediate ones on, 1:0 and 4 the others
 *	                        on; when read 31 busy, 20:16 what the channel does
 *	+4			push buffer, address >> 8 | 1: VRAM, 2, 3: system memory
 *	0x6101f0 + 12 * ch	the last error: 14:12 which, 11:2 method; +4 data
 *
 * A context is a handle, which the hash table at the beginning of the display's
 * memory (0x610010) leads from: {handle, channel << 27 | offset << 9 | 1}, and at the
 * offset an object {flags, first >> 8, last >> 8}.
 *
 * Known from: nouveau disp/gf119.c (gf119_disp_core_init, gf119_disp_dmac_init,
 * gf119_disp_pioc_init, gf119_disp_intr_error, the lists of methods), dma/usergf119.c,
 * core/ramht.c, include/nvhw/class/cl907d.h, cl907c.h, cl907e.h, cl507a.h;
 * open-gpu-doc classes/display.
 */
#include "display.h"

#define HASH_SIZE 0x1000u
#define OBJECT_SIZE 24
#define PUSH_SIZE 0x1000u

static struct channel_state *channel(struct gpu *gpu, unsigned int ch)
{
	return &gpu->display->channel[ch];
}

const char *channel_name(unsigned int ch)
{
	static const char *const window[] = { "base", "overlay", "overlay immediate", "cursor" };

	return is_core(ch) ? "core" : window[(ch - 1) / 4];
}

/* --- contexts -------------------------------------------------------------- */

bool channel_find_object(struct gpu *gpu, unsigned int ch, uint32_t handle,
			 struct dma_object *object)
{
	uint64_t table = (uint64_t)(*reg_at(gpu, 0x610010) & ~0xffu) << 8;
	uint32_t i, context, flags;
	uint64_t at;

	if (!(*reg_at(gpu, 0x610010) & 8) || !memory_exists(gpu, APER_VRAM, table, HASH_SIZE))
		return false;
	for (i = 0; i < HASH_SIZE; i += 8) {
		context = memory_rd32(gpu, APER_VRAM, table + i + 4);
		if (!(context & 1) || context >> 27 != ch ||
		    memory_rd32(gpu, APER_VRAM, table + i) != handle)
			continue;
		at = table + ((context & 0x07fffe00) >> 9);
		if (!memory_exists(gpu, APER_VRAM, at, OBJECT_SIZE))
			return false;
		flags = memory_rd32(gpu, APER_VRAM, at);
		object->kind = flags >> 20 & 0xff;
		object->start = (uint64_t)memory_rd32(gpu, APER_VRAM, at + 4) << 8;
		object->limit = (uint64_t)memory_rd32(gpu, APER_VRAM, at + 8) << 8 | 0xff;
		/* 3:0: VRAM. No driver is known to make another sort. */
		if ((flags & 0xf) != 9 || object->limit < object->start ||
		    object->limit >= gpu->vram_size)
			report(gpu, "display: bad context",
			       "0x%08x of the %s channel: flags 0x%x, 0x%llx to 0x%llx", handle,
			       channel_name(ch), flags, (unsigned long long)object->start,
			       (unsigned long long)object->limit);
		return true;
	}
	return false;
}

bool channel_object(struct gpu *gpu, unsigned int ch, uint32_t handle, const char *what,
		    struct dma_object *object)
{
	if (handle && channel_find_object(gpu, ch, handle, object))
		return true;
	report(gpu, "display: missing context",
	       "the %s of the %s channel (%u): 0x%08x is not in the hash table", what,
	       channel_name(ch), ch, handle);
	return false;
}

void channel_notify(struct gpu *gpu, unsigned int ch, uint32_t handle, uint32_t offset,
		    uint32_t value)
{
	struct dma_object object;

	if (!channel_object(gpu, ch, handle, "notifier", &object))
		return;
	if (object.start + offset + 3 > object.limit) {
		report(gpu, "display: notifier outside of its context", "0x%x of channel %u", offset, ch);
		return;
	}
	memory_wr32(gpu, APER_VRAM, object.start + offset, value);
}

/* --- errors ---------------------------------------------------------------- */

void channel_error(struct gpu *gpu, unsigned int ch, enum display_error error, uint32_t method,
		   uint32_t value)
{
	uint32_t at = 0x6101f0 + ch * 12;

	trace_event(gpu, "display-error", "ch=%u error=%u mthd=0x%x data=0x%x", ch, error, method,
		    value);
	*reg_at(gpu, at) = BIT(31) | (uint32_t)error << 12 | method;
	*reg_at(gpu, at + 4) = value;
	*reg_at(gpu, at + 8) = 0;
	channel(gpu, ch)->stopped = true;
	gpu->display->errors |= BIT(ch);
	display_intr(gpu);
}

/* --- which methods there are ----------------------------------------------- */

struct methods {
	uint16_t first, last, stride, times;
};

/* Those that repeat (outputs, heads) are listed once. */
static const struct methods core_methods[] = {
	{ 0x080, 0x08c, 0, 1 },
	{ 0x180, 0x190, 0x20, 4 },
	{ 0x200, 0x210, 0x20, 8 },
	{ 0x300, 0x310, 0x20, 4 },
	{ 0x400, 0x430, 0x300, DISPLAY_HEADS },
	{ 0x434, 0x438, 0x300, DISPLAY_HEADS },
	{ 0x440, 0x460, 0x300, DISPLAY_HEADS },
	{ 0x468, 0x474, 0x300, DISPLAY_HEADS },
	{ 0x47c, 0x498, 0x300, DISPLAY_HEADS },
	{ 0x4a0, 0x4a0, 0x300, DISPLAY_HEADS },
	{ 0x4b0, 0x4b0, 0x300, DISPLAY_HEADS },
	{ 0x4b8, 0x4c8, 0x300, DISPLAY_HEADS },
	{ 0x4d0, 0x4d4, 0x300, DISPLAY_HEADS },
	{ 0x4e0, 0x524, 0x300, DISPLAY_HEADS },
	{ 0x52c, 0x530, 0x300, DISPLAY_HEADS },
	{ 0x54c, 0x55c, 0x300, DISPLAY_HEADS },
};

static const struct methods base_methods[] = {
	{ 0x080, 0x094, 0, 1 },
	{ 0x0a0, 0x0a4, 0, 1 },
	{ 0x0c0, 0x0cc, 0, 1 },
	{ 0x0e0, 0x0ec, 0, 1 },
	{ 0x0fc, 0x11c, 0, 1 },
	{ 0x130, 0x16c, 0, 1 },
	{ 0x400, 0x410, 0x20, 2 },
};

static const struct methods overlay_methods[] = {
	{ 0x080, 0x094, 0, 1 },
	{ 0x0a0, 0x0a4, 0, 1 },
	{ 0x0b0, 0x0b8, 0, 1 },
	{ 0x0c0, 0x0c4, 0, 1 },
	{ 0x0e0, 0x0e8, 0, 1 },
	{ 0x100, 0x124, 0, 1 },
	{ 0x130, 0x16c, 0, 1 },
	{ 0x400, 0x410, 0, 1 },
};

static bool listed(const struct methods *methods, unsigned int count, uint32_t method)
{
	unsigned int i, n;

	for (i = 0; i < count; i++)
		for (n = 0; n < methods[i].times; n++)
			if (method >= methods[i].first + n * methods[i].stride &&
			    method <= methods[i].last + n * methods[i].stride)
				return true;
	return false;
}

static bool method_exists(unsigned int ch, uint32_t method)
{
	if (is_core(ch))
		return listed(core_methods, ARRAY_SIZE(core_methods), method);
	if (is_base(ch))
		return listed(base_methods, ARRAY_SIZE(base_methods), method);
	return listed(overlay_methods, ARRAY_SIZE(overlay_methods), method);
}

static void run_method(struct gpu *gpu, unsigned int ch, uint32_t method, uint32_t value)
{
	trace_event(gpu, "display", "ch=%u mthd=0x%03x data=0x%08x", ch, method, value);
	if (!method_exists(ch, method)) {
		report(gpu, "display: unknown method", "0x%03x = 0x%x of the %s channel (%u)", method,
		       value, channel_name(ch), ch);
		channel_error(gpu, ch, ERROR_METHOD, method, value);
		return;
	}
	if (is_core(ch))
		core_method(gpu, method, value);
	else
		window_method(gpu, ch, method, value);
}

/* --- the push buffer -------------------------------------------------------- */

static bool fetch(struct gpu *gpu, unsigned int ch, uint32_t *word)
{
	static const enum aperture aper[] = {
		APER_VRAM, APER_VRAM, APER_SYS_COHERENT, APER_SYS_NONCOHERENT,
	};
	const struct channel_state *c = channel(gpu, ch);
	uint64_t base = (uint64_t)(c->push & ~0xfu) << 8;

	return memory_read(gpu, aper[c->push & 3], base + c->get, word, sizeof(*word));
}

static void run_header(struct gpu *gpu, unsigned int ch, uint32_t word)
{
	struct channel_state *c = channel(gpu, ch);

	switch (word >> 29) {
	case 0:
	case 2:
		c->method = word & 0xffc;
		c->count = word >> 18 & 0x3ff;
		c->fixed = word >> 29;
		if (!(word & 0x1003f003))
			return;
		break;
	case 1:
		c->get = word & 0xffc;
		return;
	case 3:
		return;
	}
	report(gpu, "display: bad push buffer", "word 0x%08x of the %s channel (%u)", word,
	       channel_name(ch), ch);
	channel_error(gpu, ch, ERROR_PUSH_BUFFER, 0, word);
}

void channel_run(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = channel(gpu, ch);
	/* A buffer that jumps in a circle may not hold up all else. */
	unsigned int budget = 4 * PUSH_SIZE;
	uint32_t word, method;

	while (c->on && !c->waits && !c->stopped && c->get != c->put) {
		if (!budget--) {
			report(gpu, "display: bad push buffer", "the %s channel (%u) never gets to PUT",
			       channel_name(ch), ch);
			c->stopped = true;
			return;
		}
		if (!fetch(gpu, ch, &word)) {
			channel_error(gpu, ch, ERROR_PUSH_BUFFER, 0, 0);
			return;
		}
		c->get = (c->get + 4) & (PUSH_SIZE - 4);
		if (!c->count) {
			run_header(gpu, ch, word);
			continue;
		}
		method = c->method;
		c->count--;
		if (!c->fixed)
			c->method += 4;
		run_method(gpu, ch, method, word);
	}
}

/* --- registers -------------------------------------------------------------- */

/* 20:16 as the driver sees them come and go. */
#define CONTROL_IDLE 0x00040000
#define CONTROL_WAITS 0x00080000
#define CONTROL_PIO 0x00010000

uint32_t channel_read_control(struct gpu *gpu, uint32_t addr)
{
	unsigned int ch = (addr - 0x610490) / 0x10;
	const struct channel_state *c = channel(gpu, ch);
	uint32_t value = *reg_at(gpu, addr);

	if (!c->on)
		return value;
	if (ch >= CHANNEL_OVERLAY_PIO)
		return value | CONTROL_PIO;
	return value | (c->waits ? CONTROL_WAITS : CONTROL_IDLE);
}

static void turn_on(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = channel(gpu, ch);

	c->on = true;
	c->push = *reg_at(gpu, 0x610494 + ch * 0x10);
	c->get = c->put;
	c->count = 0;
	c->waits = false;
	c->stopped = false;
	if (ch >= CHANNEL_OVERLAY_PIO)
		return;
	if (!(c->push & 3))
		report(gpu, "display: bad push buffer", "the %s channel (%u) has none", channel_name(ch),
		       ch);
}

static void turn_off(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = channel(gpu, ch);

	if (c->waits)
		report(gpu, "display: channel switched off while it waits",
		       "an UPDATE of the %s channel (%u) never took effect", channel_name(ch), ch);
	c->on = false;
	c->waits = false;
	if (is_core(ch))
		gpu->display->stage = 0;
}

void channel_write_control(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int ch = (addr - 0x610490) / 0x10;
	uint32_t on = value & (ch < CHANNEL_OVERLAY_PIO ? 3 : 1);

	*reg_at(gpu, addr) = value & 0x7f00ffff;
	if (on && !channel(gpu, ch)->on)
		turn_on(gpu, ch);
	else if (!on && channel(gpu, ch)->on)
		turn_off(gpu, ch);
}

uint32_t channel_read(struct gpu *gpu, uint32_t addr)
{
	bool assembly = addr & 0x20000;
	unsigned int ch = (addr & 0x1ffff) >> 12;
	const struct channel_state *c = channel(gpu, ch);
	uint32_t method = addr & 0xffc;

	if (assembly)
		return c->assembly[method / 4];
	switch (method) {
	case 0:
		return c->put;
	case 4:
		return c->get;
	case PIO_FREE:
		return ch >= CHANNEL_OVERLAY_PIO ? 0x3f : 0;
	}
	return c->armed[method / 4];
}

static void write_immediate(struct gpu *gpu, unsigned int ch, uint32_t method, uint32_t value)
{
	struct channel_state *c = channel(gpu, ch);

	if (!c->on) {
		report(gpu, "display: method of a channel that is off", "0x%03x of the %s channel (%u)",
		       method, channel_name(ch), ch);
		return;
	}
	if (method != PIO_UPDATE && method != PIO_POINT) {
		report(gpu, "display: unknown method", "0x%03x = 0x%x of the %s channel (%u)", method,
		       value, channel_name(ch), ch);
		return;
	}
	c->assembly[method / 4] = value;
	if (method == PIO_UPDATE)
		c->armed[PIO_POINT / 4] = c->assembly[PIO_POINT / 4];
}

void channel_write(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int ch = (addr & 0x1ffff) >> 12;
	struct channel_state *c = channel(gpu, ch);
	uint32_t method = addr & 0xffc;

	if (addr & 0x20000) {
		report(gpu, "write to a read-only register", "0x%x to the assembly at 0x%06x", value, addr);
		return;
	}
	if (ch >= CHANNEL_OVERLAY_PIO) {
		write_immediate(gpu, ch, method, value);
		return;
	}
	if (method) {
		report(gpu, "write to a read-only register", "0x%x to the armed state at 0x%06x", value,
		       addr);
		return;
	}
	if (value & ~(PUSH_SIZE - 4))
		report(gpu, "display: bad PUT", "0x%x of the %s channel (%u)", value, channel_name(ch), ch);
	c->put = value & (PUSH_SIZE - 4);
	channel_run(gpu, ch);
}
