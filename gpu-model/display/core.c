// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The core channel: modes, outputs, and the supervisor.
 *
 * Methods change the assembly. UPDATE arms it. If that changes a mode or where a head's
 * picture goes, the processor has to help: three interrupts, one after the other
 * (0x6100ac, bits 0 to 2), each with what changes in 0x6101d4 of each head (12: the
 * output, 16: the clock). The driver runs scripts of the VBIOS, programs clocks, and
 * says that it is done (0x6101d0, bit 31), maybe before it acknowledges the interrupt.
 * After the third the state is armed.
 * An UPDATE that changes nothing of that takes effect when a frame begins; if no head is
 * on, at once.
 *
 * UPDATE names the base and overlay channels that take effect with it: bits 1 and 2 for
 * head 0, four bits on for the next head. Bit 0, the cursor's, changes nothing here.
 *
 * Known from: nouveau disp/gf119.c (gf119_disp_super, gf119_disp_intr), nv50.c
 * (nv50_disp_super_1_0 and following), dispnv50 (core507d.c, head907d.c,
 * disp.c: nv50_disp_atomic_commit_core); include/nvhw/class/cl907d.h. What the hardware
 * does in between is not documented; the order is the one that the driver relies on.
 */
#include <string.h>

#include "display.h"

#define CHANGES_OUTPUT 0x1000u
#define CHANGES_CLOCK 0x10000u
/* Channels that UPDATE can name, of both heads. */
#define UPDATE_NAMES 0x77u

static struct channel_state *core(struct gpu *gpu)
{
	return &gpu->display->channel[CHANNEL_CORE];
}

/* Whether UPDATE would change one of these methods of a head. */
static bool differs(const struct channel_state *c, unsigned int h, const uint16_t *methods,
		    unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (c->assembly[HEAD(h, methods[i]) / 4] != c->armed[HEAD(h, methods[i]) / 4])
			return true;
	return false;
}

static uint32_t changes(const struct channel_state *c, unsigned int h)
{
	static const uint16_t output[] = {
		HEAD_OUTPUT, HEAD_CONTROL, HEAD_RASTER_SIZE, HEAD_SYNC_END, HEAD_BLANK_END,
		HEAD_BLANK_START, HEAD_BLANK2,
	};
	static const uint16_t clock[] = { HEAD_CLOCK, HEAD_CLOCK_MODE };
	uint32_t found = 0;
	unsigned int i;

	for (i = 0; i < DISPLAY_SORS; i++) {
		uint32_t to = c->assembly[SOR_CONTROL(i) / 4], from = c->armed[SOR_CONTROL(i) / 4];

		if (to != from && (to | from) & BIT(h))
			found |= CHANGES_OUTPUT | CHANGES_CLOCK;
	}
	if (!((head_owners(c->assembly) | head_owners(c->armed)) & BIT(h)))
		return 0;
	if (differs(c, h, output, ARRAY_SIZE(output)))
		found |= CHANGES_OUTPUT;
	if (differs(c, h, clock, ARRAY_SIZE(clock)))
		found |= CHANGES_OUTPUT | CHANGES_CLOCK;
	return found;
}

/* --- what may be armed ------------------------------------------------------- */

static bool in_order(uint32_t sync_end, uint32_t blank_end, uint32_t blank_start, uint32_t size)
{
	return sync_end < blank_end && blank_end < blank_start && blank_start < size;
}

static const char *wrong_mode(const struct channel_state *c, unsigned int h)
{
	const uint32_t *state = c->assembly;
	uint32_t size = state[HEAD(h, HEAD_RASTER_SIZE) / 4];
	uint32_t sync = state[HEAD(h, HEAD_SYNC_END) / 4];
	uint32_t end = state[HEAD(h, HEAD_BLANK_END) / 4];
	uint32_t start = state[HEAD(h, HEAD_BLANK_START) / 4];
	uint32_t in = state[HEAD(h, HEAD_VIEW_IN) / 4], out = state[HEAD(h, HEAD_VIEW_OUT) / 4];

	if (!state[HEAD(h, HEAD_CLOCK) / 4])
		return "no pixel clock";
	if (!in_order(sync & 0xffff, end & 0xffff, start & 0xffff, size & 0xffff))
		return "the horizontal timing is out of order";
	if (!in_order(sync >> 16, end >> 16, start >> 16, size >> 16))
		return "the vertical timing is out of order";
	if (!(in & 0xffff) || !(in >> 16) || !(out & 0xffff) || !(out >> 16))
		return "an empty viewport";
	if ((out & 0xffff) > (start & 0xffff) - (end & 0xffff) ||
	    (out >> 16) > (start >> 16) - (end >> 16))
		return "the viewport is larger than the raster";
	return NULL;
}

/* What keeps the head's part of the assembly from being armed; NULL: nothing. */
static const char *wrong_head(const struct channel_state *c, unsigned int h)
{
	unsigned int or, outputs = 0;

	for (or = 0; or < DISPLAY_SORS; or++)
		if (c->assembly[SOR_CONTROL(or) / 4] & BIT(h))
			outputs++;
	if (c->assembly[HEAD(h, HEAD_CRC_CONTEXT) / 4])
		return "checksums, which are not modelled";
	if (outputs > 1)
		return "more than one output of a sort";
	return outputs ? wrong_mode(c, h) : NULL;
}

/* Whether the assembly may be armed; if not, the hardware reports an error to the driver. */
static bool check_state(struct gpu *gpu, uint32_t value)
{
	const struct channel_state *c = core(gpu);
	const char *wrong = NULL;
	unsigned int h;

	for (h = 0; h < DISPLAY_HEADS && !wrong; h++) {
		wrong = wrong_head(c, h);
		if (wrong)
			report(gpu, "display: state that cannot be armed", "head %u: %s", h, wrong);
	}
	if (!wrong && head_owners(c->assembly) & ~(BIT(DISPLAY_HEADS) - 1)) {
		wrong = "an output of a head that is not there";
		report(gpu, "display: state that cannot be armed", "%s", wrong);
	}
	if (wrong)
		channel_error(gpu, CHANNEL_CORE, ERROR_STATE, CORE_UPDATE, value);
	return !wrong;
}

/* --- arming ------------------------------------------------------------------ */

static uint32_t interlock_bit(unsigned int ch)
{
	return (is_base(ch) ? 2u : 4u) << channel_head(ch) * 4;
}

static bool interlocked(struct gpu *gpu, unsigned int ch)
{
	return gpu->display->interlock & interlock_bit(ch);
}

/* Whether all channels that the UPDATE names are there. */
static bool ready(struct gpu *gpu)
{
	unsigned int ch;

	for (ch = CHANNEL_BASE; ch < CHANNEL_OVERLAY_PIO; ch++) {
		const struct channel_state *c = &gpu->display->channel[ch];

		if (!interlocked(gpu, ch))
			continue;
		if (!c->on) {
			report(gpu, "display: UPDATE with a channel that is off", "the %s channel (%u)",
			       channel_name(ch), ch);
			gpu->display->interlock &= ~interlock_bit(ch);
			continue;
		}
		if (!c->waits || !c->with_core)
			return false;
	}
	return true;
}

static void arm(struct gpu *gpu)
{
	struct channel_state *c = core(gpu);
	uint32_t control = c->assembly[CORE_NOTIFIER_CONTROL / 4];
	unsigned int ch, h;

	memcpy(&c->armed[CORE_UPDATE / 4], &c->assembly[CORE_UPDATE / 4],
	       sizeof(c->armed) - CORE_UPDATE);
	for (h = 0; h < DISPLAY_HEADS; h++)
		if (gpu->display->head[h].changes)
			output_check(gpu, h);
	for (ch = CHANNEL_BASE; ch < CHANNEL_OVERLAY_PIO; ch++)
		if (interlocked(gpu, ch) && gpu->display->channel[ch].waits)
			window_flip(gpu, ch);
	head_update(gpu);
	for (h = 0; h < DISPLAY_HEADS; h++)
		gpu->display->head[h].changes = 0;
	gpu->display->interlock = 0;
	c->waits = false;
	if (control & BIT(31)) {
		channel_notify(gpu, CHANNEL_CORE, c->assembly[CORE_NOTIFIER_CONTEXT / 4],
			       control & 0xffc, 1);
		if (control & BIT(30))
			gpu->display->notified |= BIT(CHANNEL_CORE);
	}
	trace_event(gpu, "display-arm", "heads=0x%x", head_owners(c->armed));
	display_intr(gpu);
	for (ch = CHANNEL_CORE; ch < CHANNEL_OVERLAY_PIO; ch++)
		channel_run(gpu, ch);
}

/* Nothing but a frame's beginning, or nothing at all, is waited for. */
static bool wants_frame(struct gpu *gpu)
{
	return core(gpu)->waits && !gpu->display->stage && ready(gpu);
}

void core_interlock(struct gpu *gpu)
{
	unsigned int h;

	if (!wants_frame(gpu))
		return;
	for (h = 0; h < DISPLAY_HEADS; h++)
		if (head_on(gpu, h))
			return;
	arm(gpu);
}

void core_frame(struct gpu *gpu, unsigned int h)
{
	unsigned int first;

	for (first = 0; first < h; first++)
		if (head_on(gpu, first))
			return;
	if (wants_frame(gpu))
		arm(gpu);
}

/* --- the supervisor ----------------------------------------------------------- */

static void supervisor(struct gpu *gpu, unsigned int stage)
{
	struct display *d = gpu->display;
	unsigned int h;

	d->stage = stage;
	for (h = 0; h < DISPLAY_HEADS; h++)
		*reg_at(gpu, 0x6101d4 + h * 0x800) = d->head[h].changes;
	d->stages |= BIT(stage - 1);
	trace_event(gpu, "display-supervisor", "stage=%u head0=0x%x head1=0x%x", stage,
		    d->head[0].changes, d->head[1].changes);
	display_intr(gpu);
}

void core_supervised(struct gpu *gpu)
{
	struct display *d = gpu->display;

	if (!d->stage) {
		report(gpu, "display: supervisor answered that did not ask", "0x6101d0");
		return;
	}
	if (d->stage < 3) {
		supervisor(gpu, d->stage + 1);
		return;
	}
	d->stage = 0;
	if (ready(gpu))
		arm(gpu);
}

/* --- methods ------------------------------------------------------------------ */

static void update(struct gpu *gpu, uint32_t value)
{
	struct display *d = gpu->display;
	struct channel_state *c = core(gpu);
	bool any = false;
	unsigned int h;

	if (value & ~UPDATE_NAMES) {
		report(gpu, "display: UPDATE with a channel that is not there", "0x%x", value);
		channel_error(gpu, CHANNEL_CORE, ERROR_ARGUMENT, CORE_UPDATE, value);
		return;
	}
	if (!check_state(gpu, value))
		return;
	for (h = 0; h < DISPLAY_HEADS; h++) {
		d->head[h].changes = changes(c, h);
		any |= d->head[h].changes;
	}
	c->waits = true;
	d->interlock = value;
	if (any)
		supervisor(gpu, 1);
	else
		core_interlock(gpu);
}

/* Word 4: done. From word 0x14, two for each SOR: 8, 9, 11 single and dual TMDS. */
static void capabilities(struct gpu *gpu)
{
	const struct channel_state *c = core(gpu);
	uint32_t context = c->assembly[CORE_NOTIFIER_CONTEXT / 4];
	uint32_t offset = c->assembly[CORE_NOTIFIER_CONTROL / 4] & 0xffc;
	unsigned int or;

	for (or = 0; or < DISPLAY_SORS; or++)
		channel_notify(gpu, CHANNEL_CORE, context, offset + (0x14 + or * 2) * 4, 0xb00);
	channel_notify(gpu, CHANNEL_CORE, context, offset + 4 * 4, 1);
}

void core_method(struct gpu *gpu, uint32_t method, uint32_t value)
{
	if (method == CORE_UPDATE) {
		update(gpu, value);
		return;
	}
	core(gpu)->assembly[method / 4] = value;
	if (method == CORE_CAPABILITIES)
		capabilities(gpu);
}
