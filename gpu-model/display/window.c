// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Base and overlay channels: which image a head shows, and since when.
 *
 * UPDATE presents the image of the assembly, when its head's next frame begins, or at
 * once if the present control (0x084) says so in 9:8 or the head is off. With bit 0 it
 * waits for the core's UPDATE that names the channel. An image that acquires a
 * semaphore (0x088 to 0x094) waits for its value too, and releases it when shown. The
 * notifier (0x0a0, 0x0a4) then tells that the image is on the screen: base channels in
 * word 0 (30, and a count), overlays in word 3 of 16 bytes.
 *
 * Known from: nouveau dispnv50 (base507c.c, base907c.c, ovly507e.c, ovly907e.c, wndw.c);
 * include/nvhw/class/cl507c.h, cl907c.h, cl907e.h.
 */
#include <string.h>

#include "display.h"

#define PRESENT_AT_ONCE 1

static struct channel_state *window(struct gpu *gpu, unsigned int ch)
{
	return &gpu->display->channel[ch];
}

/* The semaphore's address; false: the image has none. */
static bool semaphore(struct gpu *gpu, unsigned int ch, uint64_t *addr)
{
	const uint32_t *state = window(gpu, ch)->assembly;
	struct dma_object object;

	if (!state[WINDOW_SEMAPHORE_CONTEXT / 4] ||
	    !channel_object(gpu, ch, state[WINDOW_SEMAPHORE_CONTEXT / 4], "semaphore", &object))
		return false;
	*addr = object.start + (state[WINDOW_SEMAPHORE / 4] & 0xffc);
	return true;
}

static bool acquired(struct gpu *gpu, unsigned int ch)
{
	uint64_t addr;

	return !semaphore(gpu, ch, &addr) ||
	       memory_rd32(gpu, APER_VRAM, addr) == window(gpu, ch)->assembly[WINDOW_ACQUIRE / 4];
}

static void notify(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = window(gpu, ch);
	uint32_t context = c->assembly[WINDOW_NOTIFIER_CONTEXT / 4];
	uint32_t offset = c->assembly[WINDOW_NOTIFIER / 4] & 0xffc;

	if (!context)
		return;
	if (is_base(ch))
		channel_notify(gpu, ch, context, offset, 1u << 30 | (c->flips & 0xffff));
	else
		channel_notify(gpu, ch, context, offset + 12, 0xffff0000 | (c->flips & 0xff));
	if (c->assembly[WINDOW_NOTIFIER / 4] & BIT(30))
		gpu->display->notified |= BIT(ch);
}

void window_flip(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = window(gpu, ch);
	uint64_t addr;

	memcpy(&c->armed[WINDOW_UPDATE / 4], &c->assembly[WINDOW_UPDATE / 4],
	       sizeof(c->armed) - WINDOW_UPDATE);
	c->flips++;
	c->waits = false;
	c->with_core = false;
	gpu->display->head[channel_head(ch)].underflow = false;
	if (semaphore(gpu, ch, &addr))
		memory_wr32(gpu, APER_VRAM, addr, c->assembly[WINDOW_RELEASE / 4]);
	notify(gpu, ch);
	trace_event(gpu, "display-flip", "ch=%u context=0x%x offset=0x%x", ch,
		    c->armed[WINDOW_SURFACE_CONTEXT / 4], c->armed[WINDOW_OFFSET / 4]);
	display_intr(gpu);
}

void window_frame(struct gpu *gpu, unsigned int ch)
{
	struct channel_state *c = window(gpu, ch);

	if (!c->waits || c->with_core || !acquired(gpu, ch))
		return;
	window_flip(gpu, ch);
	channel_run(gpu, ch);
}

static void update(struct gpu *gpu, unsigned int ch, uint32_t value)
{
	struct channel_state *c = window(gpu, ch);
	struct surface surface;

	if (c->assembly[WINDOW_SURFACE_CONTEXT / 4] &&
	    !scanout_surface(gpu, ch, c->assembly, true, &surface)) {
		channel_error(gpu, ch, ERROR_STATE, WINDOW_UPDATE, value);
		return;
	}
	c->waits = true;
	c->with_core = value & 1;
	if (c->with_core) {
		core_interlock(gpu);
		return;
	}
	if (!head_on(gpu, channel_head(ch)) ||
	    ((c->assembly[WINDOW_PRESENT / 4] >> 8 & 3) == PRESENT_AT_ONCE && acquired(gpu, ch)))
		window_flip(gpu, ch);
}

void window_method(struct gpu *gpu, unsigned int ch, uint32_t method, uint32_t value)
{
	if (method == WINDOW_UPDATE)
		update(gpu, ch, value);
	else
		window(gpu, ch)->assembly[method / 4] = value;
}
