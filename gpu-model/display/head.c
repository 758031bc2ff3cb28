// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Heads: what runs through a picture, line by line, for a monitor.
 *
 * A head runs while an output belongs to it. A frame takes as long as its raster has
 * pixels, at its clock; frames lie on a grid, however late the model is. The vertical
 * blank begins each (0x6100bc, bit 0, an interrupt if 0x6100c0 wants it), and what
 * waited for a frame takes effect then.
 *
 *	0x616340 + 0x800 h	15:0 the line, 31:16 frames
 *	0x616344		15:0 the pixel in the line
 *
 * A head that scans out what has gone (a context that was taken from the hash table)
 * runs empty, an underflow.
 *
 * Known from: nouveau disp/gf119.c (gf119_disp_intr, gf119_head_vblank_get), nv50.c
 * (nv50_head_rgpos), dispnv50/head907d.c; envytools rnndb/display.
 */
#include "display.h"

#define RASTER_POSITION 0x616340

uint32_t head_armed(struct gpu *gpu, unsigned int h, uint32_t method)
{
	return gpu->display->channel[CHANNEL_CORE].armed[HEAD(h, method) / 4];
}

uint32_t head_owners(const uint32_t *state)
{
	uint32_t heads = 0;
	unsigned int or;

	for (or = 0; or < DISPLAY_SORS; or++)
		heads |= state[SOR_CONTROL(or) / 4] & 0xf;
	return heads;
}

bool head_on(struct gpu *gpu, unsigned int h)
{
	return head_owners(gpu->display->channel[CHANNEL_CORE].armed) & BIT(h);
}

uint64_t head_frame_ns(struct gpu *gpu, unsigned int h)
{
	uint32_t size = head_armed(gpu, h, HEAD_RASTER_SIZE);
	/* 30: the clock is 1000/1001 of it */
	uint64_t hz = head_armed(gpu, h, HEAD_CLOCK) & 0x3fffffff;

	return (uint64_t)(size & 0xffff) * (size >> 16) * 1000000000ull / (hz ? hz : 1);
}

/* What is shown has to be there all the time. */
static void check_underflow(struct gpu *gpu, unsigned int h)
{
	struct head *head = &gpu->display->head[h];
	unsigned int ch;

	for (ch = CHANNEL_BASE + h; ch < CHANNEL_OVERLAY_PIO; ch += 4) {
		const uint32_t *armed = gpu->display->channel[ch].armed;
		struct dma_object object;

		if (!armed[WINDOW_SURFACE_CONTEXT / 4] || head->underflow ||
		    channel_find_object(gpu, ch, armed[WINDOW_SURFACE_CONTEXT / 4], &object))
			continue;
		head->underflow = true;
		report(gpu, "display: underflow", "head %u shows context 0x%x of the %s channel, which is gone",
		       h, armed[WINDOW_SURFACE_CONTEXT / 4], channel_name(ch));
	}
}

static void frame(struct gpu *gpu, struct work *work)
{
	struct head *head = container_of(work, struct head, frame);
	unsigned int h = (unsigned int)(head - gpu->display->head);
	uint64_t length = head_frame_ns(gpu, h), passed;

	/* Frames that nobody had time for have passed too. */
	passed = length ? (sched_now(gpu) - head->vblank) / length : 1;
	head->vblank += (passed ? passed : 1) * length;
	head->frames += (uint32_t)(passed ? passed : 1);
	head->pending |= 1;
	display_intr(gpu);
	check_underflow(gpu, h);
	core_frame(gpu, h);
	window_frame(gpu, CHANNEL_BASE + h);
	window_frame(gpu, CHANNEL_OVERLAY + h);
	/* The core may have switched the head off, or queued its first frame. */
	if (head_on(gpu, h) && !work->due)
		sched_at(gpu, work, head->vblank + head_frame_ns(gpu, h));
}

void head_update(struct gpu *gpu)
{
	unsigned int h;

	for (h = 0; h < DISPLAY_HEADS; h++) {
		struct head *head = &gpu->display->head[h];

		if (head_on(gpu, h)) {
			if (head->changes || !head->vblank) {
				head->frame.run = frame;
				head->vblank = sched_now(gpu);
				sched_at(gpu, &head->frame, head->vblank + head_frame_ns(gpu, h));
			}
			continue;
		}
		sched_cancel(gpu, &head->frame);
		head->vblank = 0;
		/* There is no frame to wait for any more. */
		window_frame(gpu, CHANNEL_BASE + h);
		window_frame(gpu, CHANNEL_OVERLAY + h);
	}
}

uint32_t head_read_position(struct gpu *gpu, uint32_t addr)
{
	unsigned int h = (addr - RASTER_POSITION) / 0x800;
	const struct head *head = &gpu->display->head[h];
	uint32_t size, width, height, line;
	uint64_t pixels;

	if (!head_on(gpu, h))
		return 0;
	size = head_armed(gpu, h, HEAD_RASTER_SIZE);
	width = size & 0xffff;
	height = size >> 16;
	pixels = (sched_now(gpu) - head->vblank) * width * height / head_frame_ns(gpu, h);
	if (addr & 4)
		return (uint32_t)(pixels % width);
	/* A frame begins where the picture ends. */
	line = (uint32_t)((pixels / width + (head_armed(gpu, h, HEAD_BLANK_START) >> 16)) % height);
	return line | (head->frames & 0xffff) << 16;
}
